"""What the tests of the pages share."""

import re
import time
from typing import Any

from flask.testing import FlaskClient

from tests.pages import Page


def token(client: FlaskClient) -> str:
    """Return a form token of this browser's session."""
    text = client.get("/logs/insights").get_data(as_text=True)
    return str(text.split('name="csrf_token" value="')[1].split('"')[0])


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Send a form."""
    return client.post(path, data={"csrf_token": token(client), **fields})


def begin(client: FlaskClient, query: str, *groups: str, **fields: Any) -> Any:
    """Send the form that starts a query."""
    return post(client, "/logs/insights", query=query, group=list(groups), **{"start": "-1h", "end": "now", **fields})


def ended(client: FlaskClient, url: str) -> dict[str, Any]:
    """Return a query's answer as JSON when it has ended."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer: dict[str, Any] = fetch(client, url + ("&" if "?" in url else "?") + "format=json")
        if answer["status"] not in ("Scheduled", "Running"):
            return answer
        time.sleep(0.05)
    raise TimeoutError(url)


def run(client: FlaskClient, query: str, *groups: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Run a query to its end; returns its page's address and its answer."""
    started = begin(client, query, *groups, **fields)
    assert started.status_code == 303, started.get_data(as_text=True)[:2000]
    return started.location, ended(client, started.location)


def action(html: str, part: str) -> str:
    """Return the address of the form whose address has a part."""
    found = re.search(rf'action="([^"]*{part}[^"]*)"', html)
    assert found, f"no form for {part}"
    return found[1].replace("&amp;", "&")


def written(shown: Page) -> str:
    """Return what the editor holds."""
    [area] = shown.all(".//textarea[@name='query']")
    return area.text or ""


def fetch(client: FlaskClient, path: str) -> Any:
    """Return an answer as JSON."""
    return client.get(path).json
