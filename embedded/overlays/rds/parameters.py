"""What a request asks for, checked as RDS checks it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

TAGS = 50
_TAG = re.compile(r"(?:[^.]+\.)?(\d+)\.(Key|Value)")
_FILTER = re.compile(r"(?:[^.]+\.)?(\d+)\.(?:(Name)|Values\.(?:[^.]+\.)?\d+)")


class Fault(Exception):
    """An answer that is an error: AWS's code, a sentence, the HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Parameters:
    """The parameters of one request."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields = {name: values[0] for name, values in fields.items() if name not in ("Action", "Version")}

    def allow(self, *names: str) -> None:
        """Refuse whatever is not among these: nothing that was asked for is silently dropped."""
        for field in self._fields:
            if field.partition(".")[0] not in names:
                name = field.partition(".")[0]
                raise Fault("InvalidParameterCombination", f"{name} is not available on the embedded AWS.")

    def given(self, name: str) -> bool:
        """Whether a parameter was sent."""
        return name in self._fields

    def text(self, name: str, default: str = "") -> str:
        """Return a text."""
        return self._fields.get(name, default)

    def required(self, name: str) -> str:
        """Return a text that must be there."""
        if not self._fields.get(name):
            raise Fault("MissingParameter", f"The request must contain the parameter {name}.")
        return self._fields[name]

    def flag(self, name: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._fields.get(name, str(default)).lower()
        if value not in ("true", "false"):
            raise Fault("MalformedInput", f"{name} must be true or false, not {value[:40]}.")
        return value == "true"

    def number(self, name: str, low: int, high: int, default: int = 0) -> int:
        """Return a whole number between two limits, or the default."""
        if name not in self._fields:
            return default
        value = self._fields[name]
        if not re.fullmatch(r"-?\d{1,9}", value) or not low <= int(value) <= high:
            raise Fault("InvalidParameterValue", f"{name} must be between {low} and {high}, not {value[:40]}.")
        return int(value)

    def moment(self, name: str) -> datetime | None:
        """Return a time, None when it was not sent."""
        if name not in self._fields:
            return None
        try:
            found = datetime.fromisoformat(self._fields[name].replace("Z", "+00:00"))
        except ValueError as error:
            raise Fault("InvalidParameterValue", f"{name} is not a time: {self._fields[name][:40]}.") from error
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, in the order of their numbers."""
        found = [(int(field.rpartition(".")[2]), value) for field, value in self._beneath(name) if _numbered(field)]
        return [value for _, value in sorted(found)]

    def tags(self, name: str = "Tags") -> dict[str, str]:
        """Return tags by key, checked."""
        parts: dict[str, dict[str, str]] = {}
        for field, value in self._beneath(name):
            if found := _TAG.fullmatch(field):
                parts.setdefault(found.group(1), {})[found.group(2)] = value
        tags = {part.get("Key", ""): part.get("Value", "") for part in parts.values()}
        for key, value in tags.items():
            check_tag(key, value)
        return tags

    def filters(self, *known: str) -> dict[str, set[str]]:
        """Return the values wanted by filter name; InvalidParameterValue for a filter that is not known."""
        names: dict[str, str] = {}
        values: dict[str, set[str]] = {}
        for field, value in self._beneath("Filters"):
            if found := _FILTER.fullmatch(field):
                if found.group(2):
                    names[found.group(1)] = value
                else:
                    values.setdefault(found.group(1), set()).add(value)
        for name in names.values():
            if name not in known:
                raise Fault("InvalidParameterValue", f"Unrecognized filter name: {name[:80]}.")
        return {name: values.get(number, set()) for number, name in names.items()}

    def _beneath(self, name: str) -> list[tuple[str, str]]:
        start = f"{name}."
        return [(field[len(start) :], value) for field, value in self._fields.items() if field.startswith(start)]


def _numbered(field: str) -> bool:
    return field.rpartition(".")[2].isdigit()


def check_tag(key: str, value: str) -> None:
    """Check one tag against AWS's rules."""
    if not 1 <= len(key) <= 128 or len(value) > 256:
        raise Fault("InvalidParameterValue", "A tag's key has 1 to 128 characters, its value at most 256.")
    if key.lower().startswith(("aws:", "rds:")):
        raise Fault("InvalidParameterValue", "Tags that begin with aws: or rds: are AWS's own.")
