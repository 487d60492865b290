"""botocore's descriptions of services, without what the dashboard has no use for, which is most of them.

Words meant for readers go, and operations that nobody calls with the shapes that only they have. Each process holds
what is left, and each of its clients has a method for each operation: both are less than half.
"""

import gzip
import json
import marshal
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader, Loader, create_loader

# By the first part of their addresses: services whose endpoints follow no rule, or whose regions a page lists.
PREFIXES = {
    *("apigateway", "dynamodb", "elasticbeanstalk", "glue", "iam", "lambda", "logs", "monitoring", "rds", "rds-data"),
    *("s3", "s3-control", "secretsmanager", "streams.dynamodb", "sts"),
}


class WordlessFiles(JSONFileLoader):
    """Reads a description as plain dictionaries; botocore itself asks for no documentation while it makes calls.

    `operations` names those to keep of a service; a service that is not in it is kept whole.
    """

    def __init__(self, operations: Mapping[str, Collection[str]] | None = None) -> None:
        self.operations = operations or {}

    def load_file(self, file_path: str) -> Any:
        """Return what a file (named without its ending) holds, None where there is no such file."""
        text = _text(file_path)
        if text is None:
            return None
        path, found = Path(file_path), json.loads(text, object_hook=_hook())
        if path.name == "endpoints" and self.operations:
            return _endpoints(found)
        wanted = self.operations.get(path.parent.parent.name) if path.name == "service-2" else None
        return found if wanted is None else only(found, wanted, _completed(file_path))


def _text(file_path: str) -> bytes | None:
    plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
    if plain.is_file():
        return plain.read_bytes()
    return gzip.decompress(packed.read_bytes()) if packed.is_file() else None


def _completed(file_path: str) -> Collection[str]:
    """Return the shapes that botocore completes from a second file: they must be there for it."""
    second = _text(f"{file_path}.sdk-extras")
    return json.loads(second)["merge"].get("shapes", ()) if second else ()


def _hook() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what json shall do with each dictionary of a file: drop the words, and keep equal references once."""
    references: dict[Any, dict[str, Any]] = {}

    def hook(found: dict[str, Any]) -> dict[str, Any]:
        if isinstance(found.get("documentation"), str):  # a member of that name is a dictionary, and stays
            found["documentation"] = ""  # botocore wants the key of some
        if isinstance(found.get("shape"), str) and not any(isinstance(one, dict | list) for one in found.values()):
            return references.setdefault(tuple(found.items()), found)  # botocore copies one before it changes it
        return found

    return hook


def _endpoints(found: dict[str, Any]) -> dict[str, Any]:
    """Return the old table of endpoints with the services of PREFIXES; others follow its rule for all services."""
    partitions = [
        {**each, "services": {name: known for name, known in each["services"].items() if name in PREFIXES}}
        for each in found["partitions"]
    ]
    return _compact({**found, "partitions": partitions})


def only(model: dict[str, Any], wanted: Collection[str], also: Collection[str] = ()) -> dict[str, Any]:
    """Return a description with the wanted operations, the shapes that they reach, and those of `also`."""
    operations = {name: found for name, found in model["operations"].items() if name in wanted}
    shapes: dict[str, Any] = {}
    reached = [*_named(operations), *(name for name in also if name in model["shapes"])]
    while reached:
        name = reached.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            reached += _named(shapes[name])
    return _compact({**model, "operations": operations, "shapes": shapes})


def _compact(found: dict[str, Any]) -> dict[str, Any]:
    """Return a copy that lies in one piece, not between what was read with it and is let go."""
    copy: dict[str, Any] = marshal.loads(marshal.dumps(found))  # noqa: S302 what was written a moment ago
    return copy


def _named(part: Any) -> Iterator[str]:
    """Yield the names of the shapes that a part of a description speaks of."""
    if isinstance(part, dict):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            if isinstance(each, dict | list):
                yield from _named(each)


def loader(search_path: str | None = None, operations: Mapping[str, Collection[str]] | None = None) -> Loader:
    """Return a loader of botocore's; `search_path` as AWS_DATA_PATH has it, `operations` as WordlessFiles."""
    made = create_loader(search_path)
    made.file_loader = WordlessFiles(operations)
    return made
