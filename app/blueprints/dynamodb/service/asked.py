"""What a person asks of a table: key conditions, groups of filters, what to read and how much at a time."""

from dataclasses import dataclass, field

SIZES = (25, 100, 300, 1000)
KEY_OPERATORS = {"=": "=", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "between": "between", "begins_with": "begins with"}
SIZED = tuple(f"size {sign}" for sign in ("=", "<>", "<", "<=", ">", ">="))
OPERATORS = {
    "=": "=",
    "<>": "≠",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "between": "between",
    "in": "is one of",
    "begins_with": "begins with",
    "contains": "contains",
    "not contains": "does not contain",
    "exists": "exists",
    "not exists": "does not exist",
    "type": "is of type",
    **{name: name.replace("<>", "≠").replace("<=", "≤").replace(">=", "≥") for name in SIZED},
}
_ORDERED = ("=", "<>", "<", "<=", ">", ">=", "between", "in")
# Which operators a value of a type can stand beside; those that need no such value are for every type.
BY_TYPE: dict[str, tuple[str, ...]] = {
    "S": (*_ORDERED, "begins_with", "contains", "not contains"),
    "N": (*_ORDERED, "contains", "not contains"),
    "B": (*_ORDERED, "begins_with", "contains", "not contains"),
    "BOOL": ("=", "<>", "in", "contains", "not contains"),
    "NULL": ("=", "<>", "contains", "not contains"),
    "JSON": ("=", "<>", "in", "contains", "not contains"),
}
ANY_TYPE = ("exists", "not exists", "type", *SIZED)
VALUE_TYPES = {"S": "string", "N": "number", "B": "binary", "BOOL": "boolean", "NULL": "null", "JSON": "JSON"}
MATCHES = {"all": "all of", "any": "any of", "not all": "not all of", "none": "none of"}


@dataclass(frozen=True)
class Condition:
    """One line of the filter, as it was typed; `upper` is the other end of between."""

    path: str
    operator: str = "="
    type: str = "S"
    value: str = ""
    upper: str = ""


@dataclass(frozen=True)
class Group:
    """Conditions that belong together; `match` is one of MATCHES."""

    match: str = "all"
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A query or a scan as it was typed; `after` is the key to go on from, DynamoDB JSON."""

    index: str = ""
    partition: str = ""
    compare: str = "="
    sort: str = ""
    sort_upper: str = ""
    groups: tuple[Group, ...] = ()
    join: str = "and"
    attributes: str = ""
    descending: bool = False
    consistent: bool = False
    size: int = 0
    after: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def is_query(self) -> bool:
        """Whether one partition is read, and not everything."""
        return bool(self.partition)

    @property
    def filtered(self) -> bool:
        """Whether what is read is filtered afterwards."""
        return any(group.conditions for group in self.groups) or bool(self.sort and not self.partition)

    @property
    def limit(self) -> int:
        """How many items are read at a time: more where a filter leaves only some of them."""
        return self.size or (1000 if self.filtered else 100)


class Wrong(Exception):
    """What was typed cannot be asked; `faults` maps a field's name to a sentence."""

    def __init__(self, faults: dict[str, str]):
        super().__init__("; ".join(faults.values()))
        self.faults = faults
