"""What is wrong with a draft, and what its input looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import made, places
from app.blueprints.glue.service.drafts import COLUMNED, MAPPED, RECIPES, Draft
from app.blueprints.glue.service.made import Table
from app.blueprints.glue.service.recipes.columns import Column, guessed
from app.blueprints.glue.service.recipes.database import FORMS
from app.role_policies import Comparison


@dataclass(frozen=True)
class DraftPage:
    """A new job as far as it is: its columns, its script, what its role grants; `faults` by field."""

    draft: Draft
    columns: tuple[Column, ...] = ()
    sample: Table = Table()
    script: str = ""
    comparison: Comparison | None = None
    roles: tuple[str, ...] = ()
    no_roles: str = ""
    tables: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def same_place(self) -> bool:
        """Whether the job would read what it writes."""
        draft = self.draft
        return draft.recipe in MAPPED and bool(draft.target) and places.same(draft.source, draft.target)

    @property
    def mapped(self) -> bool:
        """Whether the recipe has a mapping of columns."""
        return self.draft.recipe in COLUMNED


def faults(draft: Draft) -> dict[str, str]:
    """Return what is wrong, by field."""
    found = {}
    if not draft.name.strip() or len(draft.name) > 255:
        found["name"] = "Give the job a name of 1 to 255 characters."
    if draft.recipe not in RECIPES:
        found["recipe"] = "Choose what the job does."
    if not draft.role:
        found["role"] = "Choose the role that the script works as."
    if draft.recipe in ("json-dynamodb", "rds-s3") and draft.engine == "glueetl":
        found["engine"] = "This one is a Python shell job."
    found |= _place_faults(draft)
    if draft.recipe == "json-dynamodb" and not draft.table:
        found["table"] = "Name the table."
    script = places.read(draft.script_at)
    if script is None or script.folder:
        found["script_at"] = "Write it as s3://bucket/scripts/name.py."
    return found


def _place_faults(draft: Draft) -> dict[str, str]:
    found = {}
    source, target = places.read(draft.source), places.read(draft.target)
    if draft.recipe not in ("own", "rds-s3") and (source is None or (source.folder and draft.engine == "pythonshell")):
        found["source"] = "Write the object as s3://bucket/key." if source is None else "Name one object, not a folder."
    if draft.recipe in COLUMNED and target is None:
        found["target"] = "Write it as s3://bucket/key."
    if draft.recipe == "rds-s3":
        if draft.form not in FORMS:
            found["form"] = "Choose what is written."
        script = places.read(draft.certificates)
        if draft.certificates and (script is None or script.folder):
            found["certificates"] = "Write the object as s3://bucket/key."
    return found


def columns_of(client: Any, source: str) -> tuple[tuple[Column, ...], Table, str]:
    """Return the columns of a CSV, its first rows, and what is wrong with it."""
    place = places.read(source)
    if place is None or place.folder:
        return (), Table(), "Name one object as s3://bucket/key: its first lines are read."
    try:
        found = made.head(client, place.bucket, place.key)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        words = {"NoSuchKey": "There is no such object.", "NoSuchBucket": f"There is no bucket {place.bucket}."}
        return (), Table(), words.get(code, error.response["Error"].get("Message", code))
    if not found.columns:
        return (), found, found.note or "The object has no first line that names columns."
    twice = next((name for name in found.columns if found.columns.count(name) > 1), None)
    if twice is not None:
        return (), found, f"Two columns are named “{twice}”: the rows cannot be told by name."
    return guessed(found.columns, found.rows), found, ""


def typed_columns(fields: Mapping[str, Sequence[str]]) -> tuple[Column, ...]:
    """Return the mapping as it was typed: lists of sources, names, kinds and samples, and the indexes that are kept."""
    kept = set(fields.get("column_keep", ()))
    rows = zip(*(fields.get(f"column_{part}", ()) for part in ("source", "name", "kind", "sample")), strict=False)
    return tuple(
        Column(source, name.strip(), kind, str(at) in kept, sample)
        for at, (source, name, kind, sample) in enumerate(rows)
    )
