"""What a test knows of a browser: pages that must be free of faults, and what axe finds in them."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
SCREENSHOTS = Path(__file__).parent / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# How Chromium and htmx say that an answer had an error's status.
REFUSALS = ("status of", "Response Status Error Code")
# Violations are events of the document; the console would name only some of them.
LISTEN = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content-Security-Policy: ${event.violatedDirective} forbids ${event.blockedURI || event.sample}`))"""

# Colours are compared as they stay, not in the middle of a transition; what turns round for ever stays as it is.
SETTLE = """() => {
  for (const one of document.getAnimations())
    if (Number.isFinite(one.effect.getComputedTiming().endTime)) one.finish()
}"""


def find_browser() -> str:
    """Return Chromium's path; a test without a browser fails, since a skipped check proves nothing."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    raise RuntimeError("No Chromium: `apt-get install chromium` brings it (macOS: `brew install --cask chromium`).")


@dataclass
class Faults:
    """What went wrong in the pages of one test: errors in the console, in scripts, and of the CSP."""

    found: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def watch(self, context: BrowserContext) -> None:
        """Note the faults of every page of a context."""
        context.add_init_script(LISTEN)
        context.on("page", self._watch_page)

    def _watch_page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        asked = any(f"{words} {status}" in message.text for status in self.expected for words in REFUSALS)
        if message.type == "error" and not asked:
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong in a page as it is now, one line per kind with the places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['help']}: " + "; ".join(" ".join(map(str, n["target"])) for n in v["nodes"][:6])
        for v in result["violations"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with axe-core's findings, if there are any."""
    page.evaluate(SETTLE)
    found = violations(page)
    assert not found, f"{page.url}: " + "\n".join(found)


def too_wide(page: Page) -> list[str]:
    """Return the elements because of which a page scrolls sideways."""
    script = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
      [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => e.tagName + "." + e.getAttribute("class")).slice(0, 8)"""
    found: list[str] = page.evaluate(script)
    return found
