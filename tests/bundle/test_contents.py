"""What is packed, that it is the same bytes each time, and that each check finds what it is there for."""

import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
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
    ".ebextensions/01.config": b"option_settings:\n  aws:elasticbeanstalk:environment:\n    EnvironmentType: SingleInstance\n",
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


def unpacked(tmp_path: Path, **changes: bytes | None) -> list[str]:
    """Return the problems of a small good bundle with these files changed, added or (None) left out."""
    files = {**NEEDED, **{name: content for name, content in changes.items() if content is not None}}
    kept = [Member(name, files[name]) for name in sorted(files) if changes.get(name, b"") is not None]
    path = tmp_path / "made.zip"
    contents.write(path, kept)
    return checks.run(path)


def test_a_small_good_bundle_has_no_problem(tmp_path: Path) -> None:
    assert unpacked(tmp_path, **{"application.py": b"from app import application\n"}) == []


SETTING = b"option_settings:\n  %s:\n    %s: 1\n"
PROPERTIES = b"aws:elasticbeanstalk:application:environment"
BAD: dict[str, tuple[str, bytes | None, str]] = {
    "tests": ("app/tests/test_x.py", b"", "does not belong"),
    "a venv": (".venv/pyvenv.cfg", b"", "does not belong"),
    "a cache": ("app/__pycache__/x.pyc", b"", "does not belong"),
    "an env file": (".env", b"", "does not belong"),
    "a key": ("app/keys.py", b"KEY = 'AKIA" + b"A234567BCDEFGHIJ" + b"'", "looks like a credential"),
    "no licence": ("LICENSE", None, "LICENSE is missing"),
    "a loose requirement": ("requirements.txt", b"Flask>=3\n", "names no exact version"),
    "an address": ("requirements.txt", b"git+https://example.com/x\n", "names no exact version"),
    "no process": ("Procfile", b"worker: sleep 1\n", "no process web"),
    "a bad line": ("Procfile", b"web: gunicorn x\nnonsense\n", "not of the form"),
    "no callable": ("application.py", b"application = 1\n", "gives no application"),
    "no import": ("application.py", b"import nowhere_to_be_found\n", "No module named"),
    "an unknown option": (
        ".ebextensions/02.config",
        SETTING % (b"aws:elasticbeanstalk:command", b"Timeuot"),
        "no option Timeuot",
    ),
    "an unknown namespace": (".ebextensions/02.config", SETTING % (b"aws:nowhere", b"x"), "aws:nowhere is not one"),
    "a property's name": (".ebextensions/02.config", SETTING % (PROPERTIES, b"a-b"), "a-b is no name"),
    "a secret": (".ebextensions/02.config", SETTING % (PROPERTIES, b"TRELLIS_SECRET_KEY"), "is a secret"),
    "an option twice": (
        ".ebextensions/02.config",
        SETTING % (b"aws:elasticbeanstalk:environment", b"EnvironmentType"),
        "set in 01.config already",
    ),
    "a key twice": (".ebextensions/02.config", b"Resources: {}\nResources: {}\n", "Resources stands twice"),
    "a short tag": (".ebextensions/02.config", b"Resources:\n  X:\n    Type: !Ref Y\n", "!Ref"),
    "a name not read": (".ebextensions/02.yaml", b"", "would not be read"),
    "an unknown part": (".ebextensions/02.config", b"option_setting: {}\n", "unknown key option_setting"),
    "a bad resource": (
        ".ebextensions/02.config",
        b"Resources:\n  X:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketNam: x\n",
        "BucketNam",
    ),
    "too many bytes": (
        ".ebextensions/02.config",
        SETTING[:-2] % (PROPERTIES, b"LONG") + b"x" * 4100 + b"\n",
        "over 4,096",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_each_check_finds_what_it_is_there_for(case: str, tmp_path: Path) -> None:
    name, content, expected = BAD[case]
    assert [problem for problem in unpacked(tmp_path, **{name: content}) if expected in problem]


def test_cfn_lint_that_is_missing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> None:
        return None

    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.setattr(checks.sys, "executable", str(tmp_path / "python"))
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
        found = {name: value for file in extensions.files(folder) for _, name, value in settings_of(file)}
        assert found["TRELLIS_PROXIES"] == proxies


settings_of: Callable[[Path], list[tuple[str, str, object]]] = lambda file: list(  # noqa: E731
    extensions.settings(extensions.read(file))
)
