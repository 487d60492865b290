"""What a dry run counts of the items: bytes, write units of the table and its indexes, keys that come twice."""

from app.blueprints.dynamodb.service.tables import Index, Table
from app.blueprints.dynamodb.service.wire import Item, identity, item_size, write_units

FIRST = 10  # items that are shown
MOST_KEYS = 200_000  # keys that are held, about 16 MiB


class Tally:
    """Counts the items that can be written.

    `repeated` of them have a key that came before in the file; `compared` says whether every key could be looked at.
    """

    def __init__(self, table: Table) -> None:
        self._table, self._keys = table, [key.name for key in table.keys]
        self._seen = set[int]()
        self.good = self.size = self.units = self.repeated = 0
        self.compared, self.first = True, list[Item]()

    def add(self, item: Item) -> None:
        """Count the next item."""
        size = item_size(item)
        self.good += 1
        self.size += size
        self.units += write_units(size) + sum([_in_index(item, size, self._table, one) for one in self._table.indexes])
        self._compare(hash(identity(item, self._keys)))
        if len(self.first) < FIRST:
            self.first.append(item)

    def _compare(self, key: int) -> None:
        if key in self._seen:
            self.repeated += 1
        elif len(self._seen) < MOST_KEYS:
            self._seen.add(key)
        else:
            self.compared = False


def _in_index(item: Item, size: int, table: Table, index: Index) -> int:
    """Return the write units that a new item takes in an index."""
    if any(key.name not in item for key in index.keys):
        return 0
    if index.projection == "ALL":
        return write_units(size)
    names = {key.name for key in (*table.keys, *index.keys)} | set(index.attributes)
    return write_units(item_size({name: value for name, value in item.items() if name in names}))
