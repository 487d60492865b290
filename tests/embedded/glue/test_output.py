"""Output while it comes: by lines, as text, however much or odd it is."""

import psutil

from tests.embedded.glue.conftest import Bench

MIB = 1024 * 1024


def test_lines_are_there_while_the_script_runs(bench: Bench) -> None:
    script = "import time\nprint('one')\nprint()\nprint('two')\nprint('half', end='')\ntime.sleep(600)\n"
    name = bench.job("live", script)
    run_id = bench.start(name)
    assert bench.line(run_id, lambda text: text == "two")
    assert bench.run(name, run_id)["JobRunState"] == "RUNNING"
    assert bench.lines(run_id) == ["one", " ", "two"]
    bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id])
    assert bench.until(name, run_id)["JobRunState"] == "STOPPED"
    assert bench.lines(run_id) == ["one", " ", "two", "half"]


def test_odd_bytes_are_text_all_the_same(bench: Bench) -> None:
    script = "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe caf\\xe9 \\x00\\nr\\r\\n' + 'größe ✓\\n'.encode())\n"
    run = bench.ran(bench.job("bytes", script))
    assert bench.lines(run["Id"]) == ["\ufffd\ufffd caf\ufffd \x00", "r", "größe ✓"]


def test_a_long_line_is_cut_between_characters(bench: Bench) -> None:
    run = bench.ran(bench.job("long", "print('é' * 400_000)\n"))
    lines = bench.lines(run["Id"])
    assert "".join(lines) == "é" * 400_000
    assert max(len(line.encode()) for line in lines) <= 256 * 1024 - 26


def test_a_script_that_prints_nothing_has_an_empty_log(bench: Bench) -> None:
    run = bench.ran(bench.job("silent", "import time\ntime.sleep(1)\n"))
    assert (bench.lines(run["Id"]), bench.lines(run["Id"], "error")) == ([], [])
    assert run["ExecutionTime"] >= 1


def test_a_script_that_never_stops_printing_is_stopped(bench: Bench) -> None:
    name = bench.job("endless", "while True:\n    print('x' * 1000)\n")
    run_id = bench.start(name)
    bench.line(run_id)
    bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id])
    assert bench.until(name, run_id)["JobRunState"] == "STOPPED"


def test_200_mb_of_output_keeps_the_first_and_the_last_lines_and_costs_little_memory(bench: Bench) -> None:
    script = (
        "import sys\nout = sys.stdout.buffer\nblock = b''.join(b'%07d %s\\n' % (n, b'x' * 91) for n in range(10_000))\n"
    )
    script += "for n in range(200):\n    out.write(block)\nout.write(b'the end\\n')\n"
    name = bench.job("much", script)
    bench.ran(bench.job("little", "print(1)"))
    process = psutil.Process(int(bench.aws.ready["pid"]))
    before = process.memory_info().rss
    run = bench.ran(name)
    assert run["JobRunState"] == "SUCCEEDED"
    lines = bench.lines(run["Id"])
    assert (lines[0][:7], lines[-1]) == ("0000000", "the end")
    notes = [line for line in lines if line.startswith("[embedded AWS]")]
    assert len(notes) == 2
    assert len(lines) < 22_000
    left_out = int(notes[1].split()[2])
    assert left_out + len(lines) - len(notes) == 2_000_001
    assert process.memory_info().rss - before < 100 * MIB
