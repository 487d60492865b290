"""What the tests of Lambda's pages share."""

from typing import Any

from flask.testing import FlaskClient


def token(client: FlaskClient) -> str:
    """Return a form token of this browser's session."""
    text = client.get("/lambda/new").get_data(as_text=True)
    return str(text.split('name="csrf_token" value="')[1].split('"')[0])


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Send a form; a name with `__` stands for one with a dot."""
    sent = {name.replace("__", "."): value for name, value in fields.items()}
    return client.post(path, data={"csrf_token": token(client), **sent})


def invoke(client: FlaskClient, name: str, payload: str, status: int = 200, **fields: Any) -> Any:
    """Invoke a function through the page and return its JSON."""
    answer = post(client, f"/lambda/{name}/invoke?format=json", payload=payload, **fields)
    assert answer.status_code == status, answer.get_data(as_text=True)[:2000]
    return answer.get_json()
