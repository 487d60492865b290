"""What the tests of RDS's pages share."""

from typing import Any

from flask.testing import FlaskClient


def token(client: FlaskClient) -> str:
    """Return a form token of this browser's session."""
    text = client.get("/rds/").get_data(as_text=True)
    return str(text.split('name="csrf_token" value="')[1].split('"')[0])


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Send a form."""
    return client.post(path, data={"csrf_token": token(client), **fields})


def run(client: FlaskClient, name: str, sql: str, **fields: Any) -> Any:
    """Run a script as the editor does."""
    return post(client, f"/rds/{name}/query", sql=sql, **fields)


def read(client: FlaskClient, name: str, sql: str, **fields: Any) -> Any:
    """Run a script by its address; returns the JSON answer."""
    return client.get(f"/rds/{name}/query", query_string={"sql": sql, "format": "json", **fields}).json


def define(client: FlaskClient, name: str, *sql: str) -> None:
    """Run statements one by one, each committed."""
    for statement in sql:
        first = post(client, f"/rds/{name}/query?format=json", sql=statement, mode="write", sure="1").json
        if first["pending"] is not None:
            first = post(
                client, f"/rds/{name}/query?format=json", sql=statement, mode="write", expect=first["pending"]
            ).json
        assert first["error"] is None, first["error"]
        assert first["committed"]


def fetch(client: FlaskClient, path: str) -> Any:
    """Return a page as JSON."""
    return client.get(path, headers={"Accept": "application/json"}).json
