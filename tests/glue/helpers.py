"""What the tests of Glue's pages share."""

import time
from typing import Any

from flask.testing import FlaskClient


def token(client: FlaskClient) -> str:
    """Return a form token of this browser's session."""
    text = client.get("/glue/copy/").get_data(as_text=True)
    return str(text.split('name="csrf_token" value="')[1].split('"')[0])


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Send a form; `arg__X` is the field `arg.X`."""
    sent = {name.replace("__", "."): value for name, value in fields.items()}
    return client.post(path, data={"csrf_token": token(client), **sent})


def begin(client: FlaskClient, job: str, **fields: Any) -> str:
    """Start a run; returns its page's address."""
    answer = post(client, f"/glue/{job}/runs", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    return str(answer.location)


def until(client: FlaskClient, url: str, *states: str) -> dict[str, Any]:
    """Return a run's page as JSON once it is in one of some states."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer: dict[str, Any] = client.get(f"{url}?format=json").get_json()
        if answer["look"]["run"]["state"] in states:
            return answer
        time.sleep(0.05)
    raise TimeoutError(url)


def ended(client: FlaskClient, url: str) -> dict[str, Any]:
    """Return a run's page as JSON when the run is over."""
    return until(client, url, "SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR")
