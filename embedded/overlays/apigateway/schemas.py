"""Bodies against models, by the jsonschema library as draft 4 says; nothing is ever fetched from anywhere."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from embedded.book import Record

_REFERENCE = "https://apigateway.amazonaws.com/restapis/"


def problem(schema: Any) -> str:
    """Return what is wrong with a schema, empty when nothing is."""
    from jsonschema import Draft4Validator, SchemaError

    if not isinstance(schema, dict):
        return "Invalid model schema specified"
    try:
        Draft4Validator.check_schema(schema)
    except SchemaError as error:
        return f"Invalid model schema specified. {error.message}"
    return ""


def mismatches(api: Record, model: str, body: bytes) -> list[str]:
    """Return in which ways a body is not what a model says, in the order and the words of the execution log."""
    try:
        document = json.loads(body)
    except ValueError:
        return ["Unable to parse body as JSON"] if body.strip() else ["request body is empty"]
    schemas = {name: json.loads(one["schema"] or "{}") for name, one in api["models"].items()}
    return sorted(_errors(json.dumps(schemas, sort_keys=True), api["api"]["id"], model, document))


def _errors(schemas: str, api: str, model: str, document: Any) -> Iterator[str]:
    from referencing.exceptions import Unresolvable

    try:
        for error in _validator(schemas, api, model).iter_errors(document):
            yield _sentence(error)
    except Unresolvable as error:
        yield f"the model's reference {error.ref} leads nowhere"


@lru_cache(maxsize=64)
def _validator(schemas: str, api: str, model: str) -> Any:
    """Return the validator of one model; the others are found by the addresses that API Gateway gives them."""
    from jsonschema import Draft4Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4

    known: Mapping[str, Any] = json.loads(schemas)
    pairs = [
        (f"{_REFERENCE}{api}/models/{name}", Resource.from_contents(one, default_specification=DRAFT4))
        for name, one in known.items()
    ]
    return Draft4Validator(known[model], registry=Registry().with_resources(pairs))


def _sentence(error: Any) -> str:
    place = "".join(f"/{part}" for part in error.absolute_path)
    if error.validator == "required":
        lacking = [name for name in error.validator_value if name not in error.instance]
        return f"object has missing required properties ({json.dumps(lacking)})"
    if error.validator == "type":
        wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        found = _type(error.instance)
        return f"instance type ({found}) does not match any allowed primitive type (allowed: {json.dumps(wanted)})"
    return f"{place or '/'}: {error.message}"


def _type(value: Any) -> str:
    names: list[tuple[type, str]] = [(bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")]
    names += [(list, "array"), (dict, "object")]
    return next((name for kind, name in names if isinstance(value, kind)), "null")
