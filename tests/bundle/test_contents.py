"""What is packed, that it is the same bytes each time, and that each check finds what it is there for."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.beanstalk import package
from bundle import checks, contents, extensions, options
from bundle.contents import Member

NEEDED = {
    "application.py": b"from app import application\n",
    "app/__init__.py": b"def application(environ, start):\n    return []\n",
    "requirements.txt": b"# all of it\nFlask==3.1.3\n",
    "Procfile": b"web: gunicorn application:application\n",
    "gunicorn.conf.py": b"workers = 1\n",
    "LICENSE": b"MIT\n",
    ".platform/hooks/postdeploy/50_smoke_test.sh": b"#!/bin/sh\n",
    ".ebextensions/01.config": b"option_settings:\n  aws:elasticbeanstalk:environment:\n    EnvironmentType: x\n",
}


@pytest.fixture(scope="module", params=contents.FORMS)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the bundle of this tree in each form."""
    path: Path = tmp_path_factory.mktemp("built") / "trellis.zip"
    contents.write(path, contents.members(request.param, dirty=True))
    return path


def test_every_check_passes(built: Path) -> None:
    assert checks.run(built) == []


def test_it_is_small_and_holds_only_what_runs(built: Path) -> None:
    assert built.stat().st_size < checks.LARGEST
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        executable = {one.filename for one in archive.infolist() if one.external_attr >> 16 & 0o111}
    assert names == sorted(names)
    assert {name.partition("/")[0] for name in names} == {*contents.FILES} | {one[:-1] for one in contents.FOLDERS}
    assert not [name for name in names if name.startswith(("static/editor/src", "static/editor/package"))]
    assert executable == {".platform/hooks/postdeploy/50_smoke_test.sh"}


def test_the_same_files_make_the_same_bytes(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(built) as archive:
        files = [Member(e.filename, archive.read(e), bool(e.external_attr >> 16 & 0o100)) for e in archive.infolist()]
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    before = os.umask(0o077)
    contents.write(tmp_path / "again.zip", files)
    os.umask(before)
    assert _sha(tmp_path / "again.zip") == _sha(built)


def _sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_commit_makes_the_same_bytes_wherever_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = set()
    for name in ("one", "two"):
        clone = tmp_path / name
        subprocess.run(["git", "clone", "-q", str(contents.ROOT), str(clone)], check=True)
        monkeypatch.setattr(contents, "ROOT", clone)
        contents.write(tmp_path / f"{name}.zip", contents.members())
        digests.add(_sha(tmp_path / f"{name}.zip"))
    assert len(digests) == 1


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone of the project, in place of the project."""
    place = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(contents.ROOT), str(place)], check=True)
    monkeypatch.setattr(contents, "ROOT", place)
    return place


def test_what_is_not_committed_is_refused_unless_told(clone: Path) -> None:
    (clone / "app" / "new.py").write_text("NEW = 1\n")
    (clone / "notes.txt").write_text("does not run\n")
    with pytest.raises(contents.CannotBundle, match=r"app/new\.py(.|\n)*DIRTY=yes"):
        contents.members()
    assert "app/new.py" in {one.name for one in contents.members(dirty=True)}
    (clone / "app" / "new.py").unlink()
    assert "notes.txt" not in {one.name for one in contents.members()}


def test_a_link_is_refused(clone: Path) -> None:
    (clone / "app" / "link.py").symlink_to("config.py")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", "add", "app/link.py"], cwd=clone, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "A link"], cwd=clone, check=True)
    with pytest.raises(contents.CannotBundle, match=r"app/link\.py is a link"):
        contents.members()


def test_outside_a_clone_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "ROOT", tmp_path)
    with pytest.raises(contents.CannotBundle, match="run this in a clone"):
        contents.members()


def test_the_label_follows_the_contents_and_not_the_compression(tmp_path: Path) -> None:
    files = [Member(name, content) for name, content in NEEDED.items()]
    contents.write(tmp_path / "trellis-1.zip", files)
    packed = package.label(tmp_path / "trellis-1.zip")
    loose = tmp_path / "loose" / "trellis-1.zip"
    loose.parent.mkdir()
    with zipfile.ZipFile(tmp_path / "trellis-1.zip") as source, zipfile.ZipFile(loose, "w") as target:
        for entry in source.infolist():
            target.writestr(entry, source.read(entry), zipfile.ZIP_STORED)
    assert package.label(loose) == packed
    contents.write(loose, [*files, Member("app/more.py", b"")])
    assert package.label(loose) != packed


def unpack(folder: Path, **changes: bytes | None) -> list[str]:
    """Unpack a small good bundle with these files changed, added or (None) left out; return the files' names."""
    files = {**NEEDED, **changes}
    for name, content in files.items():
        if content is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return [name for name, content in files.items() if content is not None]


def test_a_small_good_bundle_has_no_problem(tmp_path: Path) -> None:
    contents.write(tmp_path / "made.zip", [Member(name, content) for name, content in NEEDED.items()])
    assert checks.run(tmp_path / "made.zip") == []
    with zipfile.ZipFile(tmp_path / "made.zip", "a") as archive:
        archive.writestr("app/tests/test_x.py", "")
    assert checks.run(tmp_path / "made.zip") == ["app/tests/test_x.py does not belong into it"]


NAMES = {
    "app/tests/test_x.py",
    "tests/test_x.py",
    ".venv/pyvenv.cfg",
    "app/__pycache__/x.pyc",
    ".env",
    ".git/config",
    ".trellis/env",
    "app/x.py~",
}


def test_names_that_do_not_belong_are_found() -> None:
    found = list(checks._names([*NEEDED, *NAMES]))
    assert {line.split()[0] for line in found} == NAMES
    assert list(checks._names([name for name in NEEDED if name != "LICENSE"])) == ["LICENSE is missing"]
    assert "no hook" in next(iter(checks._names([name for name in NEEDED if "hooks" not in name])))


ENVIRONMENT = "aws:elasticbeanstalk:environment"
PROPERTIES = "aws:elasticbeanstalk:application:environment"
EXTENSION = ".ebextensions/02.config"


def setting(namespace: str, name: str, value: str = "1") -> bytes:
    return f"option_settings:\n  {namespace}:\n    {name}: {value}\n".encode()


Check = Callable[[Path], Iterator[str]]
BAD: dict[str, tuple[Check, str, bytes, str]] = {
    "a key": (checks._no_secrets, "app/keys.py", b"KEY = 'AKIA" + b"A234567BCDEFGHIJ" + b"'", "a credential"),
    "a loose requirement": (checks._pinned, "requirements.txt", b"Flask>=3\n", "names no exact version"),
    "an address": (checks._pinned, "requirements.txt", b"git+https://example.com/x\n", "names no exact version"),
    "no process": (checks._procfile, "Procfile", b"worker: sleep 1\n", "no process web"),
    "a bad line": (checks._procfile, "Procfile", b"web: gunicorn x\nnonsense\n", "not of the form"),
    "no callable": (checks._imports, "application.py", b"import app\napplication = 1\n", "gives no application"),
    "no import": (checks._imports, "application.py", b"import nowhere_to_be_found\n", "No module named"),
    "an option": (extensions.problems, EXTENSION, setting(ENVIRONMENT, "EnvironmentTipe"), "no option"),
    "a namespace": (extensions.problems, EXTENSION, setting("aws:nowhere", "x"), "aws:nowhere is not one"),
    "a property's name": (extensions.problems, EXTENSION, setting(PROPERTIES, "a-b"), "a-b is no name"),
    "a secret": (extensions.problems, EXTENSION, setting(PROPERTIES, "TRELLIS_SECRET_KEY"), "is a secret"),
    "an option twice": (extensions.problems, EXTENSION, setting(ENVIRONMENT, "EnvironmentType"), "in 01.config"),
    "a key twice": (extensions.problems, EXTENSION, b"Resources: {}\nResources: {}\n", "Resources stands twice"),
    "a short tag": (extensions.problems, EXTENSION, b"Resources:\n  X:\n    Type: !Ref Y\n", "!Ref"),
    "a name not read": (extensions.problems, ".ebextensions/02.yaml", b"", "would not be read"),
    "an unknown part": (extensions.problems, EXTENSION, b"option_setting: {}\n", "unknown key option_setting"),
    "no mapping": (extensions.problems, EXTENSION, b"- x\n", "no mapping"),
    "too many bytes": (extensions.problems, EXTENSION, setting(PROPERTIES, "LONG", "x" * 4100), "over 4,096"),
    "a bad resource": (
        checks._cfn_lint,
        EXTENSION,
        b"Resources:\n  X:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketNam: x\n",
        "BucketNam",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_each_check_finds_what_it_is_there_for(case: str, tmp_path: Path) -> None:
    check, name, content, expected = BAD[case]
    folder = tmp_path / "bundle"
    unpack(folder)
    assert check is checks._imports or check is checks._cfn_lint or list(check(folder)) == []
    unpack(folder, **{name: content})
    assert [problem for problem in check(folder) if expected in problem]


def test_cfn_lint_that_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> None:
        return None

    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    unpack(tmp_path)
    assert [problem for problem in checks._cfn_lint(tmp_path) if "were not checked" in problem]


def test_listeners_of_any_port_are_known() -> None:
    assert options.problem("aws:elbv2:listener:443", "SSLCertificateArns") == ""
    assert options.problem("aws:elbv2:listener:https", "Protocol") != ""


def test_both_forms_tell_the_application_how_many_proxies_there_are(tmp_path: Path) -> None:
    expected = {"single": 1, "balanced": 2}
    for form, proxies in expected.items():
        folder = tmp_path / form
        for one in contents.members(form, dirty=True):
            if one.name.startswith(".ebextensions/"):
                (folder / one.name).parent.mkdir(parents=True, exist_ok=True)
                (folder / one.name).write_bytes(one.content)
        found = {
            name: value
            for file in extensions.files(folder)
            for _, name, value in extensions.settings(extensions.read(file))
        }
        assert found["TRELLIS_PROXIES"] == proxies
