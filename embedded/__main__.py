"""The command line of the embedded AWS: serve, reset."""

import argparse
import sys
from pathlib import Path

from embedded import clean
from embedded.settings import Home, Settings

EPILOG = """\
exit codes: 0 ended as asked, 2 wrong arguments, 3 the state directory is in use, 4 the port is taken.
serve prints one line of JSON on stdout: {"ready": true, "endpoint": ...} once it answers, or {"ready": false,
"error": "in-use" or "port-taken", "message": ...}. Its log is log/embedded.log below the state directory, and
its env file there holds the exports with which any AWS client talks to it.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the two commands."""
    top = argparse.ArgumentParser(
        prog="python -m embedded", description=__doc__, epilog=EPILOG, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = top.add_subparsers(dest="command", required=True)
    run = commands.add_parser("serve", help="run an embedded AWS until it is told to end (SIGTERM, Ctrl-C)")
    empty = commands.add_parser("reset", help="empty the state; its secret key and port stay")
    for command in (run, empty):
        command.add_argument("--home", type=Path, default=Path(".trellis"), help="state directory (.trellis)")
    run.add_argument("--port", type=int, help="port on 127.0.0.1 (the one used last, else a free one)")
    run.add_argument(
        "--allow-origin", action="append", default=[], metavar="ORIGIN", help="web origin that buckets' CORS may allow"
    )
    run.add_argument("--watch-stdin", action="store_true", help="end when stdin is closed: the parent died")
    run.add_argument("--no-seed", action="store_true", help="start empty: no demo data")
    return top


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    given = parser().parse_args(arguments)
    home = Home(given.home.expanduser().resolve())
    absolute = [f"--home={home.root}", *(argument for argument in _without_home(arguments[1:]))]
    if given.command == "serve":
        clean.start_over(home, ["serve", *absolute])
    from embedded.launcher import reset, serve  # late: what has begun anew until here would import it twice

    if given.command == "reset":
        return reset(home)
    settings = Settings(
        home, given.port, tuple(given.allow_origin), watch_stdin=given.watch_stdin, seed=not given.no_seed
    )
    return serve(settings)


def _without_home(arguments: list[str]) -> list[str]:
    """Return the arguments without --home, which is relative to a directory that is about to be left."""
    kept, skip = [], False
    for argument in arguments:
        if not skip and argument != "--home" and not argument.startswith("--home="):
            kept.append(argument)
        skip = argument == "--home"
    return kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
