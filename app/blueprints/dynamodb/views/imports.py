"""Imports: the file is sent once for a dry run and once for the import, and read while it arrives."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app, make_response, render_template, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app import aws, respond, security
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import prices, wire
from app.blueprints.dynamodb.service import work as working
from app.blueprints.dynamodb.service.importing.csv_records import DELIMITERS
from app.blueprints.dynamodb.service.importing.records import EMPTY, FORMATS, Options
from app.blueprints.dynamodb.service.importing.running import Checked, check, write
from app.blueprints.dynamodb.service.importing.texts import ENCODINGS
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.work import Facts, Work
from app.blueprints.dynamodb.views import markup
from app.blueprints.dynamodb.views.common import dynamodb
from app.blueprints.dynamodb.views.guarding import ended, guarded, name_of
from app.blueprints.dynamodb.views.work import ID
from app.config import MIB, Settings
from app.multipart import FormReader, Malformed, boundary_of
from app.problems import refused
from app.received import fields_before_files
from app.roles import EDITOR, VIEWER, needs
from app.store import new_id, store
from app.streaming import RequestBody

PIECE = 64 * 1024  # bytes read at once
MOST_FIELDS = 600  # a type for each column


@dataclass(frozen=True)
class ImportPage:
    """The form of an import, what its dry run found, and the earlier attempt with which it goes on."""

    table: Table
    id: str
    options: Options
    name: str = ""
    size: int = 0
    checked: Checked | None = None
    earlier: Facts | None = None
    check_id: str = ""

    @property
    def dollars(self) -> str:
        """What writing all of it costs on AWS, on-demand."""
        return prices.dollars(prices.write(self.checked.units if self.checked else 0))


@bp.get("/<table>/import")
def import_items(table: str) -> Response:
    """Show the form; `again` names an import that is gone on with."""
    earlier_id = request.args.get("again", "")
    earlier = working.facts_of(store("dynamodb-work"), earlier_id) if ID.fullmatch(earlier_id) else None
    described = KNOWN.get(dynamodb(), table)
    if earlier is not None and earlier.kind == "import" and earlier.table == described.name:
        options = Options(**{**earlier.options, "types": tuple(earlier.options.get("types", ()))})
        return _form(ImportPage(described, earlier_id, options, earlier.name, earlier=earlier))
    return _form(ImportPage(described, new_id(), Options()))


@bp.post("/<table>/import/check")
@needs(VIEWER)
def check_import(table: str) -> Response:
    """Read a file and tell what an import would do; nothing is written."""
    described, fields, pieces, name, size = _received(table)
    found: list[Checked] = []
    options, id = _options(fields), name_of(fields)
    facts = Facts("check", described.name, name, total=size, options=asdict(options))
    work = Work(store("dynamodb-work"), id, facts)
    guarded(work, lambda: found.append(check(pieces, options, described, work)))
    if not found:
        return ended(work, f"{facts.written:,} items are in {described.name}.")
    page = ImportPage(described, new_id(), options, name, facts.bytes, found[0], check_id=id if work.kept else "")
    return _form(page)


@bp.post("/<table>/import")
@needs(EDITOR)
def run_import(table: str) -> Response:
    """Write a file's items into the table."""
    described, fields, pieces, name, size = _received(table)
    if aws.identity().read_only:
        raise refused(
            403, "Read-only", "Changes are switched off for a real account.", "Check the file only.", "ReadOnly"
        )
    options, id, kept = _options(fields), name_of(fields), store("dynamodb-work")
    facts = Facts("import", described.name, name, total=size, options=asdict(options))
    earlier = working.facts_of(kept, id)
    if earlier is not None and earlier.kind == "import" and earlier.table == described.name:
        facts, options = earlier, Options(**{**earlier.options, "types": tuple(earlier.options.get("types", ()))})
        facts.state, facts.title, facts.reason = "running", "", ""
        working.resume(kept, id)
    work = Work(kept, id, facts)
    guarded(work, lambda: write(dynamodb(), pieces, options, described, work, size))
    KNOWN.forget(dynamodb(), described.name)
    return ended(work, f"{facts.written:,} items are in {described.name}.")


for view in (check_import, run_import):
    security.csrf.exempt(view)  # it would read the whole file into memory; the token is checked before the file


def _form(page: ImportPage) -> Response:
    more: dict[str, Any] = {
        "formats": FORMATS, "encodings": ENCODINGS, "empty": EMPTY, "delimiters": DELIMITERS, "choices": wire.CHOICES,
    }  # fmt: skip
    if respond.wants_json():
        return respond.page("dynamodb/import.html", page)
    if page.checked is not None:
        columns = markup.columns(page.table.keys, page.checked.first)
        more |= {"heads": markup.heads(columns), "rows": markup.rows(page.checked.first, columns, "", ())}
    name = "dynamodb/_import_checked.html" if respond.wants_fragment() and page.checked else "dynamodb/import.html"
    response = make_response(render_template(name, page=page, **more))
    response.headers["Cache-Control"] = "no-store"
    return response


def _received(table: str) -> tuple[Table, dict[str, str], Iterator[bytes], str, int]:
    """Return the fields of the form and its file: bytes read when they are asked for, name, size (0: not announced)."""
    settings: Settings = current_app.extensions["settings"]
    body = RequestBody(request.environ)
    body.linger()
    if body.length is not None and body.length > settings.max_upload_bytes + MIB:
        raise RequestEntityTooLarge(f"The file is larger than the {settings.max_upload_mib:,} MiB that are taken.")
    try:
        form = FormReader(body, boundary_of(request.content_type or ""))
        fields, parts = fields_before_files(form, MOST_FIELDS)
        part = next((one for one in parts if one.name == "file"), None)
    except Malformed as error:
        raise BadRequest(f"{error} Nothing was written.") from error
    described = KNOWN.get(dynamodb(), table)
    if part is None or not part.filename:
        raise refused(
            422, "No file", "No file was chosen. Nothing was read.", "Choose a file and send it again.", "NoFile"
        )
    size = form.left_of(body.length, body.received) if body.length else 0
    return described, fields, _pieces(form), part.filename, size


def _pieces(form: FormReader) -> Iterator[bytes]:
    buffer = bytearray(PIECE)
    while count := form.readinto(buffer):
        yield bytes(memoryview(buffer)[:count])


def _options(fields: Mapping[str, str]) -> Options:
    form, encoding = fields.get("form", "auto"), fields.get("encoding", "auto")
    empty, delimiter = fields.get("empty", "leave"), fields.get("delimiter", "")
    if (
        form not in FORMATS
        or encoding not in ENCODINGS
        or empty not in EMPTY
        or delimiter not in ("", *DELIMITERS.values())
    ):
        raise BadRequest("The format, the encoding, the delimiter or what empty cells mean is none of the choices.")
    sign = next((sign for sign, word in DELIMITERS.items() if word == delimiter), "")
    numbers = [int(name[2:]) for name in fields if re.fullmatch(r"t\.[0-9]{1,4}", name)]
    types = tuple(fields.get(f"t.{at}", "") for at in range(max(numbers, default=-1) + 1))
    if any(kind and kind not in wire.CHOICES for kind in types):
        raise BadRequest(f"A column's type is one of {', '.join(wire.CHOICES)}.")
    return Options(form, encoding, sign, empty, types)
