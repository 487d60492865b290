"""Which method a path and a verb lead to: the exact part first, then a variable one, then the greedy one."""

from urllib.parse import unquote

from embedded.book import Record
from embedded.overlays.apigateway.flow import Failure, Flow


def route(flow: Flow) -> None:
    """Find resource, method and path parameters; unknown ones are a missing token, as on AWS."""
    found = find(flow.api, flow.path)
    if found is None:
        raise Failure("MISSING_AUTHENTICATION_TOKEN")
    flow.resource, flow.path_parameters = found
    methods = flow.resource["resourceMethods"]
    method = methods.get(flow.verb) or methods.get("ANY")
    if method is None:
        raise Failure("MISSING_AUTHENTICATION_TOKEN")
    flow.method = method


def find(api: Record, path: str) -> tuple[Record, dict[str, str]] | None:
    """Return the resource of a path, with what its variables stand for."""
    parts = [unquote(part) for part in path.strip("/").split("/")] if path.strip("/") else []
    children: dict[str, list[Record]] = {}
    for resource in api["resources"].values():
        children.setdefault(resource.get("parentId", ""), []).append(resource)
    return _below(children, children[""][0], parts)


def _below(children: dict[str, list[Record]], here: Record, parts: list[str]) -> tuple[Record, dict[str, str]] | None:
    if not parts:
        return here, {}
    for child in sorted(children.get(here["id"], []), key=_rank):
        name = child["pathPart"]
        if name.endswith("+}"):
            return child, {name[1:-2]: "/".join(parts)}
        if name.startswith("{"):
            found = _below(children, child, parts[1:])
            if found is not None:
                return found[0], {name[1:-1]: parts[0], **found[1]}
        elif name == parts[0]:
            found = _below(children, child, parts[1:])
            if found is not None:
                return found
    return None


def _rank(resource: Record) -> int:
    part = resource["pathPart"]
    return 2 if part.endswith("+}") else 1 if part.startswith("{") else 0
