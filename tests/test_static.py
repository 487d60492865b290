"""What the browser is given: vendored files are what their makers published, and nothing comes from elsewhere."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "static"
VENDORS = (STATIC / "vendor", ROOT / "tests" / "browser" / "vendor")
OWN = [p for p in STATIC.rglob("*") if p.is_file() and "vendor" not in p.parts and "node_modules" not in p.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = (STATIC / "icons.svg").read_text(encoding="utf-8")
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
NAMESPACE = "http://www.w3.org/"


def packages(vendor: Path) -> list[dict[str, object]]:
    listed: list[dict[str, object]] = json.loads((vendor / "MANIFEST.json").read_text(encoding="utf-8"))
    return listed


def named(text: str) -> Iterator[str]:
    """Yield the icons that a template or script names as plain words."""
    yield from re.findall(r'\bicon\(\s*"([\w-]+)"', text)
    yield from re.findall(r'(?:symbol|icon)="([\w-]+)"', text)


@pytest.mark.parametrize("vendor", VENDORS, ids=["static", "tests"])
def test_vendored_files_are_those_of_the_manifest(vendor: Path) -> None:
    listed = {name: value for package in packages(vendor) for name, value in dict(package["files"]).items()}  # type: ignore[call-overload]
    present = {p.relative_to(vendor).as_posix() for p in vendor.rglob("*") if p.is_file() and p.name != "MANIFEST.json"}
    assert present == set(listed)
    for name, expected in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == expected, name


@pytest.mark.parametrize("vendor", VENDORS, ids=["static", "tests"])
def test_vendored_packages_name_version_and_licence(vendor: Path) -> None:
    for package in packages(vendor):
        folder = vendor / f"{package['name']}-{package['version']}"
        assert (folder / "LICENSE").stat().st_size > 100
        assert package["licence"] and str(package["package"]).endswith(f"@{package['version']}")


def test_templates_and_scripts_name_icons_that_exist() -> None:
    texts = {p: p.read_text(encoding="utf-8") for p in [*TEMPLATES, *STATIC.glob("js/*.js"), *STATIC.glob("s3/*.js")]}
    used = {name for text in texts.values() for name in named(text)}
    assert len(used) > 20
    assert used <= SYMBOLS, used - SYMBOLS


def test_navigation_names_icons_that_exist() -> None:
    calls = (p.read_text(encoding="utf-8") for p in (ROOT / "app" / "blueprints").rglob("__init__.py"))
    used = {icon for text in calls for icon in re.findall(r'Nav\("[^"]*", "[^"]*", "[^"]*", "([\w-]+)"', text)}
    assert used and used <= SYMBOLS, used - SYMBOLS


def test_nothing_is_loaded_from_elsewhere() -> None:
    for path in [p for p in OWN if p.suffix in (".css", ".js", ".svg")]:
        text = path.read_text(encoding="utf-8").replace(NAMESPACE, "")
        assert not re.search(r"(?:url\(|from|import|src=|href=)\W*https?:", text), path
    for path in TEMPLATES:
        found = re.findall(
            r'<(?:script|link|img|use)[^>]*(?:src|href)="(?:https?:)?//', path.read_text(encoding="utf-8")
        )
        assert not found, path


def test_colours_are_named_in_one_place() -> None:
    for path in STATIC.rglob("*.css"):
        if path.name == "tokens.css" or "vendor" in path.parts or "editor" in path.parts:
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(", text)
        assert not found, f"{path}: {found}"


def test_every_custom_property_that_is_used_is_set() -> None:
    texts = [p.read_text(encoding="utf-8") for p in OWN if p.suffix in (".css", ".js")]
    used = {name for text in texts for name in re.findall(r"var\((--[\w-]+)\)", text)}
    known = {name for text in texts for name in re.findall(r"(--[\w-]+)[\"']?\s*[:,]", text)}
    assert used and used <= known, used - known


def test_own_files_stay_short() -> None:
    long = {
        p.name: n for p in OWN if p.suffix in (".css", ".js") and (n := len(p.read_text("utf-8").splitlines())) > 250
    }
    assert not long
