"""What the tests of DynamoDB's pages share."""

from typing import Any

from flask.testing import FlaskClient

from tests.embedded.process import SOON


def token(client: FlaskClient) -> str:
    """Return a form token of this browser's session."""
    text = client.get("/dynamodb/").get_data(as_text=True)
    return str(text.split('name="csrf_token" value="')[1].split('"')[0])


def post(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Send a form."""
    return client.post(path, data={"csrf_token": token(client), **fields})


def fetch(client: FlaskClient, path: str) -> Any:
    """Return a page as JSON."""
    return client.get(path, headers={"Accept": "application/json"}).json


def ask(client: FlaskClient, table: str, *conditions: tuple[str, ...], **fields: Any) -> Any:
    """Return the JSON answer of the explore page; a condition is name, operator, type, value and upper value."""
    rows: dict[str, list[str]] = {name: [] for name in ("fg", "fn", "fo", "ft", "fv", "fw")}
    for condition in conditions:
        values = ("0", *condition, *[""] * (5 - len(condition)))
        for name, value in zip(rows, values, strict=True):
            rows[name].append(value)
    return client.get(f"/dynamodb/{table}/items", query_string={**rows, "format": "json", **fields})


def table(client: Any, name: str, *keys: str, **more: Any) -> str:
    """Make a table whose keys are written name:TYPE, the partition key first; returns its name."""
    pairs = [key.split(":") for key in keys]
    types = dict(pairs) | more.pop("types", {})
    roles = zip(pairs, ("HASH", "RANGE"), strict=False)
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": role} for (key, _), role in roles],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in types.items()],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=SOON)
    return name


def index(name: str, *keys: str, projection: str = "ALL") -> dict[str, Any]:
    """Return the description of an index."""
    roles = zip(keys, ("HASH", "RANGE"), strict=False)
    schema = [{"AttributeName": key, "KeyType": role} for key, role in roles]
    return {"IndexName": name, "KeySchema": schema, "Projection": {"ProjectionType": projection}}
