"""Keys that try to break out of their quotes: code and command still reach the same object, and nothing else runs."""

from collections.abc import Callable

import pytest

from tests.codegen.conftest import Lab

BUCKET = "hostile"
KEYS = [
    'it\'s "both" quotes.txt',
    "two\nlines\ttab.txt",
    "$(touch pwned) `touch pwned` ${HOME}.txt",
    "; touch pwned; #.txt",
    "-rf",
    "--endpoint-url",
    "käse/日本語/🎉 émoji.txt",
    "back\\slash\\n.txt",
    "{curly}{{twice}} %s %d.txt",
    "a/../b/./c.txt",
    "right\u202eleft\u200b.txt",
    "file:///etc/hostname",
    "https://127.0.0.1/x",
    "plus+percent%20?versionId&=#.txt",
    "!history ~ * ? [a].txt",
    " spaces around ",
]


@pytest.mark.parametrize("key", KEYS)
def test_the_same_key_is_reached(lab: Lab, emptied: Callable[[str], None], key: str) -> None:
    emptied(BUCKET)
    quiet = lab.quiet
    quiet.create_bucket(Bucket=BUCKET)
    quiet.put_object(Bucket=BUCKET, Key="source", Body=b"source")
    client = lab.client()
    with lab.recording():
        client.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), Metadata={"note": "a'b\"c"})
        client.copy_object(Bucket=BUCKET, Key="copy of " + key, CopySource={"Bucket": BUCKET, "Key": key})
        client.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "source"}]})
        client.head_object(Bucket=BUCKET, Key=key)
    wanted = {key, "copy of " + key}
    for again in (lab.python, lab.quick):
        _remove(lab, wanted)
        quiet.put_object(Bucket=BUCKET, Key="source", Body=b"source")
        again()
        found = {item["Key"]: item["Size"] for item in quiet.list_objects_v2(Bucket=BUCKET)["Contents"]}
        assert set(found) == wanted
        assert quiet.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode()
    assert not (lab.folder / "pwned").exists()


def _remove(lab: Lab, keys: set[str]) -> None:
    for key in keys:
        lab.quiet.delete_object(Bucket=BUCKET, Key=key)


@pytest.mark.parametrize("key", ["https://127.0.0.1/x.txt", "file:///etc/hostname"])
def test_a_body_whose_key_the_cli_would_load(lab: Lab, emptied: Callable[[str], None], key: str) -> None:
    emptied(BUCKET)
    quiet = lab.quiet
    quiet.create_bucket(Bucket=BUCKET)
    quiet.put_object(Bucket=BUCKET, Key=key, Body=b"the object")
    client = lab.client()
    with lab.recording():
        client.get_object(Bucket=BUCKET, Key=key)
    lab.shell()
    assert (lab.folder / key.rpartition("/")[2]).read_bytes() == b"the object"


def test_files_stay_in_the_folder(lab: Lab, emptied: Callable[[str], None]) -> None:
    emptied(BUCKET)
    quiet = lab.quiet
    quiet.create_bucket(Bucket=BUCKET)
    quiet.put_object(Bucket=BUCKET, Key="../../..", Body=b"the object")
    client = lab.client()
    with lab.recording():
        client.get_object(Bucket=BUCKET, Key="../../..")
    lab.python()
    assert [path.name for path in lab.folder.iterdir()] == ["file.bin"]
