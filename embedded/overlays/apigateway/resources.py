"""The tree of resources: each a part of a path, below its parent."""

import re
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway.call import Call, named, new_id
from embedded.overlays.apigateway.faults import bad, clash
from embedded.overlays.apigateway.fields import text
from embedded.overlays.apigateway.patches import operations, wrong_path

_PART = re.compile(r"[a-zA-Z0-9._\-:,$~@!*+';=&()]+|\{[a-zA-Z0-9._\-:]+\+?\}")
_BAD_PART = (
    "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning "
    "and the end."
)


def create(call: Call) -> dict[str, Any]:
    """Make a resource below another."""
    api = call.api()
    parent = named(api["resources"], call.words["parent_id"], "Resource identifier")
    made = add(api, parent, text(call.asked.get("pathPart")))
    call.save(api)
    return view(made)


def add(api: Record, parent: Record, part: str) -> Record:
    """Put a resource below its parent, as AWS allows it."""
    _check(api, parent, part, "")
    made = {
        "id": new_id(6),
        "parentId": parent["id"],
        "pathPart": part,
        "path": f"{parent['path'].rstrip('/')}/{part}",
        "resourceMethods": {},
    }
    api["resources"][made["id"]] = made
    return made


def _check(api: Record, parent: Record, part: str, own: str) -> None:
    if not _PART.fullmatch(part):
        raise bad(_BAD_PART)
    if parent["path"].endswith("+}"):
        raise bad(f"Cannot create a child of a resource with a greedy path variable: {parent['pathPart']}")
    for sibling in api["resources"].values():
        if sibling.get("parentId") != parent["id"] or sibling["id"] == own:
            continue
        if sibling["pathPart"] == part:
            raise clash(f"Another resource with the same parent already has this name: {part}")
        if part.startswith("{") and sibling["pathPart"].startswith("{"):
            raise bad(
                f"A sibling ({sibling['id']}) of this resource already has a variable path part -- only one is "
                "permitted"
            )


def view(resource: Record, *, methods: bool = False) -> dict[str, Any]:
    """Return a resource as AWS shows it: its methods by name only, unless they are asked for."""
    shown = {name: value for name, value in resource.items() if name != "resourceMethods"}
    found = resource["resourceMethods"]
    if found:
        shown["resourceMethods"] = found if methods else {name: {} for name in found}
    return shown


def get(call: Call) -> dict[str, Any]:
    """Return one resource."""
    return view(call.resource(call.api()), methods="methods" in call.query.get("embed", []))


def get_all(call: Call) -> dict[str, Any]:
    """Return a page of resources."""
    full = "methods" in call.query.get("embed", [])
    return call.page(view(one, methods=full) for one in call.api()["resources"].values())


def update(call: Call) -> dict[str, Any]:
    """Give a resource another name or another parent; the paths below follow."""
    api = call.api()
    resource = call.resource(api)
    for op, parts, value in operations(call.asked):
        if op != "replace" or parts not in (["pathPart"], ["parentId"]) or "parentId" not in resource:
            raise wrong_path(op, parts, {"pathPart": text, "parentId": text})
        resource[parts[0]] = text(value)
    parent = named(api["resources"], resource["parentId"], "Resource identifier")
    if parent["id"] in {one["id"] for one in below(api, resource)}:
        raise bad("Cannot move a resource below itself")
    _check(api, parent, resource["pathPart"], resource["id"])
    for one in below(api, resource):
        above = api["resources"][one["parentId"]]
        one["path"] = f"{above['path'].rstrip('/')}/{one['pathPart']}"
    call.save(api)
    return view(resource)


def delete(call: Call) -> None:
    """Delete a resource and all below it."""
    api = call.api()
    resource = call.resource(api)
    if "parentId" not in resource:
        raise bad("Root resource cannot be deleted")
    for one in below(api, resource):
        del api["resources"][one["id"]]
    call.save(api)


def below(api: Record, resource: Record) -> list[Record]:
    """Return a resource and all below it, parents first."""
    found = [resource]
    for one in found:
        found += [child for child in api["resources"].values() if child.get("parentId") == one["id"]]
    return found
