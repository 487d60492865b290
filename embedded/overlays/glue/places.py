"""How files in S3 make tables: a folder is one, its key=value folders are partitions."""

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[^a-z0-9_]+")


@dataclass
class Group:
    """The files of one table: its name, where it lies, the keys of its partitions, its objects by partition."""

    name: str
    location: str
    keys: list[str] = field(default_factory=list)
    # Values of the keys -> (key of the object, size)
    parts: dict[tuple[str, ...], list[tuple[str, int]]] = field(default_factory=dict)


def table_name(text: str) -> str:
    """Return a table's name: lower case letters, digits and underscores."""
    return _NAME.sub("_", text.lower()).strip("_") or "table"


def groups(bucket: str, prefix: str, objects: list[tuple[str, int]]) -> list[Group]:
    """Return the tables below a path."""
    if len(objects) == 1 and objects[0][0] == prefix:
        return [Group(table_name(prefix.rpartition("/")[2]), f"s3://{bucket}/{prefix}", parts={(): objects})]
    root = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    found: dict[str, Group] = {}
    flat = any("/" not in key[len(root) :] for key, _ in objects)
    for key, size in objects:
        folders = key[len(root) :].split("/")[:-1]
        own = [] if flat or not folders or "=" in folders[0] else folders[:1]
        place = root + "".join(f"{folder}/" for folder in own)
        label = (place.rstrip("/").rpartition("/")[2]) or bucket
        group = found.setdefault(place, Group(table_name(label), f"s3://{bucket}/{place}"))
        names, values = _partition(folders[len(own) :])
        if len(names) > len(group.keys):
            group.keys = names
        group.parts.setdefault(values, []).append((key, size))
    return list(found.values())


def _partition(folders: list[str]) -> tuple[list[str], tuple[str, ...]]:
    names, values = [], []
    for number, folder in enumerate(folders):
        name, equals, value = folder.partition("=")
        names.append(name.lower() if equals else f"partition_{number}")
        values.append(value if equals else folder)
    return names, tuple(values)
