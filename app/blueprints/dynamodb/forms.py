"""The forms of DynamoDB's tables."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than 3.3
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

TYPES = [SelectChoice("S", "String"), SelectChoice("N", "Number"), SelectChoice("B", "Binary")]
NAME = Regexp(r"^[A-Za-z0-9_.-]{3,255}$", message="3 to 255 letters, digits, underscores, hyphens and points.")
MOST_GLOBAL, MOST_LOCAL = 20, 5
UNITS = NumberRange(1, 40_000, "From 1 to 40,000 units.")


def short_name(_: Any, field: Any) -> None:
    """Refuse the name of a key attribute that is longer than 255 bytes."""
    if len(str(field.data or "").encode()) > 255:
        raise ValidationError("At most 255 bytes.")


class IndexForm(Form):
    """One secondary index; one without a name is none."""

    kind = SelectField(
        "Kind", [DataRequired()], choices=[SelectChoice("GSI", "Global"), SelectChoice("LSI", "Local")], default="GSI"
    )
    name = StringField("Index name", [Optional(), NAME])
    partition = StringField("Partition key", [Optional(), short_name])
    partition_type = SelectField("Its type", [DataRequired()], choices=TYPES, default="S")
    sort = StringField("Sort key", [Optional(), short_name])
    sort_type = SelectField("Its type", [DataRequired()], choices=TYPES, default="S")
    projection = SelectField(
        "Attributes in it",
        [DataRequired()],
        choices=[
            SelectChoice("ALL", "All"),
            SelectChoice("KEYS_ONLY", "Keys only"),
            SelectChoice("INCLUDE", "Keys and some"),
        ],
        default="ALL",
    )
    attributes = StringField("Which", [Optional()], description="Names, separated by commas.")


class CreateForm(FlaskForm):
    """A new table."""

    name = StringField(
        "Table name",
        [DataRequired("Give the table a name."), NAME],
        description="Unique in this account and region.",
    )
    partition = StringField("Partition key", [DataRequired("Name the partition key."), short_name])
    partition_type = SelectField("Its type", [DataRequired()], choices=TYPES, default="S")
    sort = StringField("Sort key", [Optional(), short_name], description="Items of one partition are ordered by it.")
    sort_type = SelectField("Its type", [DataRequired()], choices=TYPES, default="S")
    billing = RadioField(
        "Capacity",
        choices=[
            SelectChoice("PAY_PER_REQUEST", "On-demand: pay for each request"),
            SelectChoice("PROVISIONED", "Provisioned: pay for capacity by the hour"),
        ],
        default="PAY_PER_REQUEST",
    )
    read_units = IntegerField("Read capacity units", [Optional(), UNITS], default=5)
    write_units = IntegerField("Write capacity units", [Optional(), UNITS], default=5)
    indexes = FieldList(FormField(IndexForm), min_entries=1, max_entries=MOST_GLOBAL + MOST_LOCAL)
    tags = TextAreaField("Tags", [Optional(), Length(max=10_000)], description="One a line: name=value.")
    protected = BooleanField("Deletion protection: the table cannot be deleted until it is switched off")

    def faults(self) -> bool:
        """Check what depends on more than one field; tells whether anything is wrong."""
        types = {str(self.partition.data): str(self.partition_type.data)}
        self._key(types, self.sort, self.sort_type.data)
        if self.sort.data and self.sort.data == self.partition.data:
            _wrong(self.sort, "The sort key is another attribute than the partition key.")
        self._indexes(types)
        for line in str(self.tags.data or "").splitlines():
            if line.strip() and not line.partition("=")[0].strip():
                _wrong(self.tags, f"“{line[:40]}” has no name before the =.")
        if self.billing.data == "PROVISIONED" and not (self.read_units.data and self.write_units.data):
            _wrong(self.read_units, "Say how many units of both.")
        return any(self.errors.values()) or any(one.errors for entry in self.indexes for one in entry.form)

    def _indexes(self, types: dict[str, str]) -> None:
        seen = set[str]()
        local = 0
        for entry in self.indexes:
            one = entry.form
            if not one.name.data:
                if one.partition.data or one.sort.data:
                    _wrong(one.name, "Give the index a name.")
                continue
            local += one.kind.data == "LSI"
            if one.name.data in seen:
                _wrong(one.name, "Two indexes have this name.")
            seen.add(one.name.data)
            self._index(one, types)
            if local > MOST_LOCAL:
                _wrong(one.kind, f"A table has at most {MOST_LOCAL} local indexes.")

    def _index(self, one: Any, types: dict[str, str]) -> None:
        if one.kind.data == "LSI":
            if not self.sort.data:
                _wrong(one.kind, "A local index needs a table with a sort key.")
            if not one.sort.data:
                _wrong(one.sort, "A local index has a sort key of its own.")
        elif not one.partition.data:
            _wrong(one.partition, "Name its partition key.")
        else:
            self._key(types, one.partition, one.partition_type.data)
        self._key(types, one.sort, one.sort_type.data)
        if one.projection.data == "INCLUDE" and not str(one.attributes.data or "").strip():
            _wrong(one.attributes, "Name the attributes that it shall hold.")

    def _key(self, types: dict[str, str], field: Any, kind: str) -> None:
        """An attribute has one type, in whichever keys it is."""
        if field.data and types.setdefault(field.data, kind) != kind:
            _wrong(field, f"{field.data} has another type in another key: an attribute of keys has one type.")


def _wrong(field: Any, sentence: str) -> None:
    field.errors = [*field.errors, sentence]


class DeleteForm(FlaskForm):
    """The table's name, typed; the view compares it."""

    confirm = StringField("Name", [InputRequired("Type the name of the table.")])
