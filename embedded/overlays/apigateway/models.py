"""Models (JSON Schema, draft 4) and request validators."""

import json
import re
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway.call import Call, named, new_id
from embedded.overlays.apigateway.faults import bad, clash
from embedded.overlays.apigateway.fields import flag, optional, text
from embedded.overlays.apigateway.patches import apply
from embedded.overlays.apigateway.schemas import problem

_NAME = re.compile(r"[a-zA-Z0-9]+")
_DRAFT = "http://json-schema.org/draft-04/schema#"
STANDARD: dict[str, tuple[str, dict[str, Any]]] = {
    "Empty": ("This is a default empty schema model", {"$schema": _DRAFT, "title": "Empty Schema", "type": "object"}),
    "Error": (
        "This is a default error schema model",
        {
            "$schema": _DRAFT,
            "title": "Error Schema",
            "type": "object",
            "properties": {"message": {"type": "string"}},
        },
    ),
}


def standard(name: str) -> Record:
    """Return one of the two models that every API has from the start."""
    description, schema = STANDARD[name]
    return make(name, json.dumps(schema, indent=2), "application/json", description)


def make(name: str, schema: str, content_type: str, description: str = "") -> Record:
    """Return a new model."""
    shown = {"description": description} if description else {}
    return {"id": new_id(6), "name": name, **shown, "schema": schema, "contentType": content_type}


def create(call: Call) -> dict[str, Any]:
    """Make a model."""
    api = call.api()
    name, content_type = text(call.asked.get("name")), text(call.asked.get("contentType"))
    if not _NAME.fullmatch(name):
        raise bad(f"Model name must be alphanumeric: {name}")
    if name in api["models"]:
        raise clash("Model name already exists for this REST API")
    schema = optional(call.asked, "schema", text, "{}")
    check(schema)
    model = make(name, schema, content_type, optional(call.asked, "description", text, ""))
    api["models"][name] = model
    call.save(api)
    return model


def check(schema: str) -> None:
    """Raise for a schema that is none."""
    try:
        found = problem(json.loads(schema))
    except ValueError:
        found = "Invalid model schema specified"
    if found:
        raise bad(f"Invalid model specified: Validation Result: warnings : [], errors : [{found}]")


def get(call: Call) -> dict[str, Any]:
    """Return one model."""
    return named(call.api()["models"], call.words["model_name"], "Model Name")


def get_all(call: Call) -> dict[str, Any]:
    """Return a page of models."""
    return call.page(call.api()["models"].values())


def update(call: Call) -> dict[str, Any]:
    """Change a model's schema or description."""
    api = call.api()
    model = named(api["models"], call.words["model_name"], "Model Name")
    apply(model, call.asked, {"schema": text, "description": text})
    check(model["schema"])
    call.save(api)
    return model


def delete(call: Call) -> None:
    """Delete a model that no method names."""
    api = call.api()
    name = call.words["model_name"]
    named(api["models"], name, "Model Name")
    for resource in api["resources"].values():
        for method in resource["resourceMethods"].values():
            if name in _used(method):
                raise clash(f"Cannot delete model '{name}', a method of {resource['path']} names it")
    del api["models"][name]
    call.save(api)


def _used(method: Record) -> set[str]:
    answers = method.get("methodResponses", {}).values()
    given = (name for answer in answers for name in answer.get("responseModels", {}).values())
    return {*method.get("requestModels", {}).values(), *given}


def create_validator(call: Call) -> dict[str, Any]:
    """Make a request validator."""
    api = call.api()
    validator = {
        "id": new_id(6),
        "name": optional(call.asked, "name", text, ""),
        "validateRequestBody": optional(call.asked, "validateRequestBody", flag, False),
        "validateRequestParameters": optional(call.asked, "validateRequestParameters", flag, False),
    }
    api["validators"][validator["id"]] = validator
    call.save(api)
    return validator


def _validator(call: Call, api: Record) -> Record:
    return named(api["validators"], call.words["requestvalidator_id"], "Request Validator identifier")


def get_validator(call: Call) -> dict[str, Any]:
    """Return one request validator."""
    return _validator(call, call.api())


def get_validators(call: Call) -> dict[str, Any]:
    """Return a page of request validators."""
    return call.page(call.api()["validators"].values())


def update_validator(call: Call) -> dict[str, Any]:
    """Change a request validator."""
    api = call.api()
    validator = _validator(call, api)
    apply(validator, call.asked, {"name": text, "validateRequestBody": flag, "validateRequestParameters": flag})
    call.save(api)
    return validator


def delete_validator(call: Call) -> None:
    """Delete a request validator that no method uses."""
    api = call.api()
    validator = _validator(call, api)["id"]
    for resource in api["resources"].values():
        for method in resource["resourceMethods"].values():
            if method.get("requestValidatorId") == validator:
                raise clash(f"Cannot delete request validator, it is used by a method of {resource['path']}")
    del api["validators"][validator]
    call.save(api)
