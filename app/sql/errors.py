"""What can go wrong with a database, told apart and put in words: connecting, reading, writing, waiting."""


class SqlError(Exception):
    """Something that a person is told: `title` in a few words, `happened`, `remedy`, the server's own `code`.

    `line` and `column` count from 1 in the text that was sent; None where the server names no place.
    """

    title = "The database answered with an error"
    remedy = ""

    def __init__(
        self, happened: str, *, code: str = "", remedy: str = "", line: int | None = None, column: int | None = None
    ):
        super().__init__(happened)
        self.happened = happened
        self.code = code
        self.remedy = remedy or self.remedy
        self.line = line
        self.column = column


class ConnectError(SqlError):
    """No connection was made; the subclasses say why."""

    title = "No connection to the database"
    remedy = "Check the host, the port and that the instance is available."


class Unreachable(ConnectError):
    """Nothing answers at that address: a name that is unknown, or packets that vanish."""

    title = "The database cannot be reached"
    remedy = (
        "On AWS this is nearly always the security group: it must allow the database's port from where the dashboard "
        "runs. From outside the VPC the instance must also be publicly accessible. Check the host name too."
    )


class Refused(ConnectError):
    """The computer answers, and nothing listens on the port."""

    title = "Nothing listens on that port"
    remedy = "The instance may be stopped or still starting, or the port is not the database's."


class NotReady(ConnectError):
    """The server is there, and takes nobody in because it is starting or stopping."""

    title = "The database is starting or stopping"
    remedy = "Wait a moment and try again; see the instance's state."


class WrongPassword(ConnectError):
    """The server does not accept the user with this password from here."""

    title = "User or password not accepted"
    remedy = "Check the user and the password. A secret that was rotated must hold the database's present password."


class TlsFailed(ConnectError):
    """No encrypted connection could be agreed on, or the certificate could not be verified."""

    title = "No encrypted connection"
    remedy = (
        "The server's certificate must be for this host name and signed by somebody known. AWS's are by the bundle "
        "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem: keep it as app/sql/rds-global-bundle.pem."
    )


class UnknownDatabase(ConnectError):
    """The server has no database of that name, or does not show it to this user."""

    title = "No such database"
    remedy = "Choose one of the server's databases."


class TooManyConnections(ConnectError):
    """The server, or the dashboard's own pool, has no connection left."""

    title = "Too many connections"
    remedy = "Wait until somebody is done, close other programs' connections, or use a larger instance class."


class TooPowerful(ConnectError):
    """The login could read files or run programs on the server, so nobody may type SQL through it."""

    title = "This login is too powerful"
    remedy = "Make a login without these rights for the dashboard, as an RDS master user is."


class Lost(SqlError):
    """The connection broke while a statement ran: the server stopped, restarted or cut it."""

    title = "The connection was lost"
    remedy = "See whether the instance is available, and run the statement again."


class Dead(Lost):
    """An idle connection turned out to be dead: nothing of what was to be run on it was."""


class StatementError(SqlError):
    """The server did not accept the statement, or could not finish it."""

    title = "The statement failed"


class NoTable(StatementError):
    """A page of a table was asked for that the database does not have, or does not show to this user."""

    title = "No such table"
    remedy = "Somebody may have renamed or dropped it: look at the list of tables beside the editor."


class SyntaxMistake(StatementError):
    """The server could not read the statement."""

    title = "Syntax error"


class TooLong(SyntaxMistake):
    """More than a person types: it was not sent."""

    title = "Too long"


class WouldWrite(StatementError):
    """The statement would change something, and the session only reads."""

    title = "Read-only"
    remedy = "Switch to write mode if you mean to change data. Nothing was changed."


class NoReading(WouldWrite):
    """A statement of a class that may change something, or hold up others, before the server was asked."""

    def __init__(self, word: str):
        said = "Read-only mode runs SELECT, WITH, VALUES, TABLE, SHOW, DESCRIBE and EXPLAIN"
        super().__init__(f"{said}; {word} may change something.")


class NotWritable(WouldWrite):
    """A writing session was asked of a target that may only be read."""

    title = "Read-only"
    remedy = "Run it in read mode."


class NotInTransaction(WouldWrite):
    """A statement that the server runs outside of transactions only, such as CREATE DATABASE on PostgreSQL."""

    title = "Not inside a transaction"
    remedy = "Run it in write mode, by itself."


class NotHere(StatementError):
    """A statement that the workbench never runs, such as one that moves files of the server or of this computer."""

    title = "Not run here"


class TimedOut(StatementError):
    """The statement took longer than it may."""

    title = "Stopped: it took too long"
    remedy = "Add a condition or a LIMIT, look at the plan with Explain, or allow more time."


class Cancelled(StatementError):
    """Somebody cancelled the statement."""

    title = "Cancelled"


class Conflict(SqlError):
    """What was to be changed is no longer what the person saw; nothing was changed."""

    title = "Changed by someone else"
    remedy = "Load the row again and repeat your change."
