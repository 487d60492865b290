"""Which records a file holds: its format found out by how it begins."""

from collections.abc import Iterable

from app.blueprints.dynamodb.service.importing.csv_records import CsvRecords
from app.blueprints.dynamodb.service.importing.json_records import JsonRecords, is_array
from app.blueprints.dynamodb.service.importing.records import Options
from app.blueprints.dynamodb.service.importing.texts import Texts
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Key

Records = CsvRecords | JsonRecords


def keys_of(table: Table) -> tuple[Key, ...]:
    """Return what every item's keys must be: the table's, and where they are there its indexes'."""
    found = [Key(key.name, key.type, "RANGE" if at else "HASH") for at, key in enumerate(table.keys)]
    own = {key.name for key in table.keys}
    for index in table.indexes:
        found += [
            Key(key.name, key.type, "RANGE" if at else "HASH", index.name)
            for at, key in enumerate(index.keys)
            if key.name not in own
        ]
    return tuple(found)


def records(pieces: Iterable[bytes], options: Options, keys: tuple[Key, ...]) -> tuple[Texts, Records]:
    """Return the text of a file and its records. Raises Unreadable where not even its beginning can be read."""
    texts = Texts(pieces, options.encoding)
    beginning = texts.peek()
    form = options.form
    if form == "auto":
        form = "csv" if not beginning.lstrip().startswith(("[", "{")) else "json"
    if form == "csv":
        return texts, CsvRecords(texts, options, keys)
    array = is_array(beginning) if form != "ndjson" else False
    return texts, JsonRecords(texts, options, keys, array)
