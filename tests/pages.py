"""What every page must be, whatever it shows: the checks behind the page() fixture."""

from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib

# html5lib counts what is right in HTML5 but unknown to its older tables as errors.
TOLERATED = {"expected-doctype-but-got-start-tag"}
LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "image"}


@dataclass(frozen=True)
class Page:
    """A fetched page: the response, its tree (no namespaces) and its text."""

    response: Any
    root: Element

    @property
    def html(self) -> str:
        """The page's source."""
        text: str = self.response.get_data(as_text=True)
        return text

    @property
    def text(self) -> str:
        """What a person reads, white space folded."""
        body = self.root.find("body")
        assert body is not None
        return " ".join(" ".join(body.itertext()).split())

    def all(self, path: str) -> list[Element]:
        """Return the elements of an ElementTree path."""
        return self.root.findall(path)

    def field(self, name: str) -> Element:
        """Return the form field of a name."""
        found = [e for tag in LABELLED for e in self.all(f".//{tag}") if e.get("name") == name]
        assert found, f"no field {name}"
        return found[0]

    @property
    def csrf(self) -> str:
        """The form token of the page."""
        return self.field("csrf_token").get("value") or ""


def check_page(response: Any, path: str, status: int, calls: int) -> Page:
    """Return the page of a response after every check; an AssertionError says what is wrong with it."""
    assert response.status_code == status, f"{path}: {response.status_code}, wanted {status}"
    assert response.mimetype == "text/html"
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root = parser.parse(response.get_data())
    wrong = [(where, code, data) for where, code, data in parser.errors if code not in TOLERATED]
    assert not wrong, f"{path}: not valid HTML: {wrong[:5]}"
    checked = Page(response, root)
    _check_structure(checked, path)
    _check_labels(checked, path)
    _check_regions(checked, path)
    _check_no_inline_code(checked, path)
    made = [e for e in response.headers.get("Server-Timing", "").split(", ") if e]
    assert len(made) <= calls, f"{path}: {len(made)} AWS calls, budget {calls}: {made}"
    return checked


def _check_structure(page: Page, path: str) -> None:
    assert len(page.all(".//h1")) == 1, f"{path}: not one h1"
    assert (page.root.findtext("head/title") or "").strip(), f"{path}: no title"
    assert page.root.get("lang"), f"{path}: no language"
    ids = [e.get("id", "") for e in page.root.iter() if e.get("id")]
    assert len(ids) == len(set(ids)), f"{path}: an id twice: {sorted(i for i in ids if ids.count(i) > 1)}"
    for element in page.root.iter():
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls", "for"):
            for target in (element.get(attribute) or "").split():
                assert target in ids, f"{path}: {attribute} names {target}, which is not there"
    for image in page.all(".//img"):
        assert image.get("alt") is not None, f"{path}: a picture without alt"


def _check_regions(page: Page, path: str) -> None:
    """Fail where two regions have one name: a section and the table in it, to which one jumps by name."""
    named = {e.get("id"): " ".join("".join(e.itertext()).split()) for e in page.root.iter() if e.get("id")}
    regions = [e for e in page.root.iter() if e.tag == "section" or e.get("role") == "region"]
    names = [e.get("aria-label") or named.get(e.get("aria-labelledby")) for e in regions]
    twice = {name for name in names if name and names.count(name) > 1}
    assert not twice, f"{path}: two regions of one name: {twice}"


def _check_labels(page: Page, path: str) -> None:
    labelled = {label.get("for") for label in page.all(".//label")}
    inside = {id(e) for label in page.all(".//label") for e in label.iter()}
    for tag in LABELLED:
        for element in page.all(f".//{tag}"):
            if element.get("type") in UNLABELLED_TYPES:
                continue
            named = element.get("aria-label") or element.get("aria-labelledby")
            assert named or element.get("id") in labelled or id(element) in inside, (
                f"{path}: field {element.get('name')} has no label"
            )
    for form in page.all(".//form"):
        if (form.get("method") or "get").lower() == "post":
            names = [e.get("name") for e in form.iter("input")]
            assert "csrf_token" in names, f"{path}: a form without a token: {form.get('action')}"


def _check_no_inline_code(page: Page, path: str) -> None:
    for element in page.root.iter():
        if not isinstance(element.tag, str):
            continue
        inline = [name for name in element.keys() if name.startswith("on") or name == "style"]  # noqa: SIM118
        assert not inline, f"{path}: <{element.tag}> has {inline}"
        if element.tag == "script" and element.get("type") not in ("application/json", "application/ld+json"):
            assert element.get("src"), f"{path}: a script in the page"
        assert element.tag != "style", f"{path}: a style sheet in the page"
        assert not (element.get("href") or "").lower().startswith("javascript:"), f"{path}: a javascript: link"
