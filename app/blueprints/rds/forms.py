"""The forms of RDS's pages."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, PasswordField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than 3.3
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

IDENTIFIER = Regexp(
    r"^[A-Za-z](?:-?[A-Za-z0-9])*$",
    message="A letter first, then letters, digits and single hyphens, no hyphen at the end.",
)
IDENTIFIER_HELP = "1 to 63 letters, digits and hyphens; unique in this account and region."
ENGINES = [SelectChoice("mysql", "MySQL"), SelectChoice("mariadb", "MariaDB"), SelectChoice("postgres", "PostgreSQL")]
LOGINS = [
    SelectChoice("managed", "Let RDS make it and keep it in Secrets Manager"),
    SelectChoice("typed", "Type it"),
]


class CreateForm(FlaskForm):
    """A new instance; what stands in it first is what the free tier covers. The view fills the classes."""

    identifier = StringField(
        "DB instance identifier",
        [DataRequired("Give the instance a name."), Length(max=63), IDENTIFIER],
        default="database-1",
        description=IDENTIFIER_HELP,
    )
    engine = SelectField("Engine", [DataRequired()], choices=ENGINES, default="mysql")
    instance_class = SelectField("DB instance class", [DataRequired()], default="db.t3.micro")
    storage = IntegerField(
        "Storage in GiB",
        [InputRequired("Say how much storage."), NumberRange(20, 65536, "From 20 to 65,536 GiB.")],
        default=20,
    )
    most_storage = IntegerField(
        "Let it grow up to, in GiB",
        [Optional(), NumberRange(22, 65536, "From 22 to 65,536 GiB.")],
        description="Storage autoscaling. Empty: it never grows.",
    )
    username = StringField(
        "Master user",
        [
            DataRequired("Name the master user."),
            Regexp(r"^[A-Za-z][A-Za-z0-9_]{0,62}$", message="A letter, then letters, digits and underscores."),
        ],
        default="dbadmin",
    )
    login = RadioField("Master password", choices=LOGINS, default="managed")
    password = PasswordField(
        "Password", [Optional(), Length(8, 128, "From 8 to 128 characters.")], description="8 characters or more."
    )
    keep = BooleanField("Keep user and password in a secret of Secrets Manager", default=True)
    database = StringField(
        "First database",
        [Optional(), Regexp(r"^[A-Za-z_][A-Za-z0-9_]{0,62}$", message="Letters, digits and underscores.")],
        description="Empty: you create one with SQL.",
    )
    port = IntegerField(
        "Port",
        [Optional(), NumberRange(1150, 65535, "From 1150 to 65535.")],
        description="Empty: the engine's own, 3306 or 5432.",
    )
    public = BooleanField("Publicly accessible: it gets an address that the internet can reach")
    multi_az = BooleanField("Multi-AZ: a standby in a second zone, at twice the price")
    protected = BooleanField("Deletion protection")

    def faults(self) -> bool:
        """Check what depends on more than one field; tells whether anything is wrong."""
        if self.login.data == "typed" and not self.password.data:
            self.password.errors = ["Type a password."]
            return True
        if self.most_storage.data and self.most_storage.data < int((self.storage.data or 0) * 1.1):
            self.most_storage.errors = ["At least a tenth more than the storage."]
            return True
        return False


class DeleteForm(FlaskForm):
    """The instance's name, typed, and what becomes of its data; the view compares the name."""

    confirm = StringField("Name", [InputRequired("Type the name of the instance.")])
    final = BooleanField("Take a final snapshot first", default=True)
    snapshot = StringField(
        "Name of the snapshot",
        [Optional(), Length(max=255), IDENTIFIER],
        description="You can restore the instance from it.",
    )


class SnapshotForm(FlaskForm):
    """A new snapshot."""

    name = StringField("Name", [DataRequired("Give the snapshot a name."), Length(max=255), IDENTIFIER])


class RestoreForm(FlaskForm):
    """A new instance of a snapshot; the view fills the classes."""

    identifier = StringField(
        "New DB instance identifier",
        [DataRequired("Give the new instance a name."), Length(max=63), IDENTIFIER],
        description=IDENTIFIER_HELP,
    )
    instance_class = SelectField("DB instance class", [DataRequired()], default="db.t3.micro")


class ConnectionForm(FlaskForm):
    """How to sign in to an instance; the view fills the secrets."""

    kind = RadioField(
        "Sign in with",
        choices=[
            SelectChoice("secret", "The secret of this instance"),
            SelectChoice("other", "Another secret of the account"),
            SelectChoice("iam", "An IAM token"),
            SelectChoice("typed", "User and password, typed"),
        ],
        default="secret",
    )
    secret = SelectField("Secret", choices=[], validate_choice=False)
    other = SelectField(
        "Other secret",
        choices=[],
        validate_choice=False,
        description="Nothing says that it belongs to this instance. Its user and password are sent to this server.",
    )
    user = StringField("User", [Optional(), Length(max=128)])
    password = PasswordField("Password", [Optional(), Length(max=512)])
    database = StringField("Database", [Optional(), Length(max=128)], description="Empty: the instance's own.")


class EmptyForm(FlaskForm):
    """A button alone, with its token."""


def classes(found: Any) -> list[Any]:
    """Return the choices of instance classes with their size, and their prices by the hour for scripts."""
    return [
        SelectChoice(
            one.name,
            f"{one.name}, {one.cpus} vCPU, {one.memory} GiB",
            render_kw={"data-mysql": one.mysql, "data-postgres": one.postgres},
        )
        for one in found
    ]
