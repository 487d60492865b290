"""Versions, which never change, and aliases, which point to one."""

from dataclasses import dataclass
from typing import Any

from app.blueprints.awslambda.service import functions
from app.blueprints.awslambda.service.functions import Function
from app.numbers import whole

COMPARED = {
    "runtime": "Runtime", "handler": "Handler", "memory": "Memory (MB)", "timeout": "Timeout (s)",
    "storage": "Ephemeral storage (MB)", "role_name": "Role", "size": "Package size (bytes)",
    "sha256": "Code (SHA-256)",
    "description": "Description", "layers": "Layers",
}  # fmt: skip


@dataclass(frozen=True)
class Alias:
    """A name for a version."""

    name: str
    version: str
    description: str = ""
    revision: str = ""


@dataclass(frozen=True)
class Versions:
    """A function's versions, newest first, and its aliases."""

    function: Function
    versions: tuple[Function, ...]
    aliases: tuple[Alias, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """The versions that are published."""
        return tuple(one.version for one in self.versions if one.version != "$LATEST")

    @property
    def unpublished(self) -> bool:
        """Whether the newest code is other than that of the newest version."""
        published = [one for one in self.versions if one.version != "$LATEST"]
        return not published or published[0].sha256 != self.function.sha256


@dataclass(frozen=True)
class Row:
    """One setting of two versions."""

    name: str
    left: str
    right: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.left != self.right


def listed(client: Any, name: str) -> Versions:
    """Return versions and aliases."""
    function = functions.get(client, name)
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    found = [functions.read(one) for page in pages for one in page["Versions"]]
    found.sort(key=lambda one: (one.version == "$LATEST", whole(one.version) or 0), reverse=True)
    named = client.get_paginator("list_aliases").paginate(FunctionName=name)
    aliases = [
        Alias(one["Name"], one["FunctionVersion"], one.get("Description", ""), one.get("RevisionId", ""))
        for page in named
        for one in page["Aliases"]
    ]
    return Versions(function, tuple(found), tuple(aliases))


def publish(client: Any, function: Function, description: str) -> str:
    """Publish the newest code as a version, if it is still what the page showed; returns its number."""
    answer = client.publish_version(
        FunctionName=function.name, Description=description, CodeSha256=function.sha256, RevisionId=function.revision
    )
    version: str = answer["Version"]
    return version


def point(client: Any, name: str, alias: str, version: str, there: bool) -> None:
    """Let an alias, made where there is none, name a version."""
    call = client.update_alias if there else client.create_alias
    call(FunctionName=name, Name=alias, FunctionVersion=version)


def compare(left: Function, right: Function) -> tuple[Row, ...]:
    """Return two versions' settings beside each other, their variables (masked) included."""
    rows = [Row(word, _text(left, name), _text(right, name)) for name, word in COMPARED.items()]
    one, other = ({each.name: each.value for each in side.variables} for side in (left, right))
    rows += [Row(f"Variable {name}", one.get(name, ""), other.get(name, "")) for name in sorted({*one, *other})]
    return tuple(rows)


def _text(function: Function, name: str) -> str:
    value = getattr(function, name)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
