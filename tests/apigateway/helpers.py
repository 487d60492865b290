"""What the tests of API Gateway's pages share."""

from typing import Any

from flask.testing import FlaskClient

from tests.pages import Page, check_page

NEW = {"path": "/", "verb": "POST", "proxy": "0", "cors": "1", "errors": "1", "origins": "*", "stage": "dev"}


def token(client: FlaskClient) -> str:
    """Return a form token of this browser's session."""
    text = client.get("/apigateway/new").get_data(as_text=True)
    return str(text.split('name="csrf_token" value="')[1].split('"')[0])


def post(client: FlaskClient, path: str, /, **fields: Any) -> Any:
    """Send a form."""
    return client.post(path, data={"csrf_token": token(client), **fields})


def told(client: FlaskClient, path: str, /, **fields: Any) -> Any:
    """Send a form and return what it answers as JSON."""
    answer = post(client, f"{path}?format=json", **fields)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:3000]
    return answer.get_json()


def make(client: FlaskClient, name: str, function: str, **fields: Any) -> str:
    """Make an API by the form; returns its id."""
    return str(told(client, "/apigateway/new", **{**NEW, "name": name, "function": function, **fields})["id"])


def methods(client: FlaskClient, api: str) -> dict[str, dict[str, Any]]:
    """Return an API's methods by their label."""
    page = client.get(f"/apigateway/{api}/?format=json").get_json()
    return {f"{m['verb']} {m['path']}": m for one in page["resources"] for m in one["methods"]}


def at(client: FlaskClient, api: str, label: str = "POST /") -> dict[str, str]:
    """Return the fields that name a method."""
    found = methods(client, api)[label]
    return {"resource": found["resource"], "verb": found["verb"]}


def checked(answer: Any, path: str, status: int = 200, calls: int = 8) -> Page:
    """Return a checked page of an answer."""
    return check_page(answer, path, status, calls)
