"""botocore's descriptions of services, read without the words meant for readers, which are most of them."""

import gzip
import json
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader, Loader, create_loader


class WordlessFiles(JSONFileLoader):
    """Reads a description as plain dictionaries; botocore itself asks for no documentation while it makes calls."""

    def load_file(self, file_path: str) -> Any:
        """Return what a file (named without its ending) holds, None where there is no such file."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return json.loads(plain.read_bytes(), object_hook=_wordless)
        if packed.is_file():
            return json.loads(gzip.decompress(packed.read_bytes()), object_hook=_wordless)
        return None


def _wordless(found: dict[str, Any]) -> dict[str, Any]:
    if isinstance(found.get("documentation"), str):  # a member of that name is a dictionary, and stays
        found["documentation"] = ""  # botocore wants the key of some
    return found


def loader(search_path: str | None = None) -> Loader:
    """Return a loader of botocore's; `search_path` as AWS_DATA_PATH has it."""
    made = create_loader(search_path)
    made.file_loader = WordlessFiles()
    return made
