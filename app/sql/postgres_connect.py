"""Connect to PostgreSQL with psycopg, and say why when it fails."""

from typing import Any, cast

import psycopg
from psycopg import adapt
from psycopg.conninfo import make_conninfo

from app.sql import errors
from app.sql.target import Target

CONNECT_SECONDS = 8
TLS_MODES = {"off": "disable", "on": "require", "verified": "verify-full"}
ROLES = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files")
POWERS = (
    "SELECT rolsuper, " + ", ".join(f"pg_has_role(oid, '{role}', 'MEMBER')" for role in ROLES) + " "
    "FROM pg_roles WHERE rolname = session_user"
)
SETTINGS = (
    "-c default_transaction_read_only=on -c idle_in_transaction_session_timeout=60000 "
    "-c datestyle=ISO -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1"
)


class TextLoader(adapt.Loader):
    """Any value as the server's own text; bytes that are no UTF-8 stay visible as escapes."""

    def load(self, data: Any) -> str:
        """Return the text."""
        return bytes(data).decode("utf-8", "backslashreplace")


def _adapters() -> adapt.AdaptersMap:
    """Return adapters by which only plain numbers, booleans and bytes become Python values."""
    made = adapt.AdaptersMap(psycopg.adapters)
    exact = {"bool", "int2", "int4", "int8", "oid", "float4", "float8", "numeric", "bytea"}
    for info in made.types:
        if info.name not in exact:
            made.register_loader(info.oid, TextLoader)
        made.register_loader(info.array_oid, TextLoader)
    made.register_loader(0, TextLoader)
    return made


ADAPTERS = _adapters()


def connect(target: Target, password: str) -> psycopg.Connection[Any]:
    """Return a new connection in autocommit whose transactions only read unless they say otherwise.

    Raises a ConnectError.
    """
    info = make_conninfo(
        host=target.host,
        port=target.port,
        user=target.user,
        password=password,
        dbname=target.database or "postgres",
        sslmode=TLS_MODES[target.tls],
        sslrootcert=(target.ca_file or "system") if target.tls == "verified" else None,
        connect_timeout=CONNECT_SECONDS,
        application_name="trellis",
        client_encoding="utf8",
        tcp_user_timeout=30000,
        keepalives_idle=30,
        keepalives_interval=10,
        keepalives_count=3,
        gssencmode="disable",
        options=SETTINGS,
    )
    try:
        connection = psycopg.connect(info, autocommit=True, prepare_threshold=None, context=cast(Any, _Context()))
    except psycopg.Error as error:
        raise explain(error, target) from error
    if not target.powerful:
        _refuse_powers(connection, target)
    return connection


class _Context:
    """What psycopg asks for when it is given adapters."""

    adapters = ADAPTERS
    connection = None


def _refuse_powers(connection: psycopg.Connection[Any], target: Target) -> None:
    row = connection.execute(POWERS).fetchone() or ()
    names = ("superuser", *ROLES)
    found = [name for name, has in zip(names, row, strict=True) if has]
    if found:
        connection.close()
        raise errors.TooPowerful(
            f"The user {target.user} is {', '.join(found)}: "
            "SQL typed with it could read the server's files or run programs there."
        )


def explain(error: psycopg.Error, target: Target) -> errors.ConnectError:
    """Return why the connection failed, from SQLSTATE where the server sent one, else from libpq's words."""
    said = " ".join(str(error).split())
    code = error.sqlstate or _code_in(said)
    said = said.rsplit("FATAL: ", 1)[-1].strip()  # libpq puts before it where it tried
    kinds: dict[str, type[errors.ConnectError]] = {
        "28P01": errors.WrongPassword,
        "28000": errors.WrongPassword,
        "3D000": errors.UnknownDatabase,
        "53300": errors.TooManyConnections,
        "57P03": errors.NotReady,
    }
    if code in kinds:
        return kinds[code](f"{target.host} on port {target.port} answers: {said}.", code=code)
    return _network(said, target)


def _code_in(said: str) -> str:
    """libpq hands over no SQLSTATE of a failed login, only the server's sentence."""
    for words, code in (
        ("password authentication failed", "28P01"),
        ("no password supplied", "28P01"),
        ("no pg_hba.conf entry", "28000"),
        ('role "', "28000"),
        ('database "', "3D000"),
        ("too many clients", "53300"),
        ("remaining connection slots", "53300"),
        ("too many connections", "53300"),
        ("the database system is ", "57P03"),  # starting up, shutting down, in recovery, not accepting connections
    ):
        if words in said:
            return code
    return ""


def _network(said: str, target: Target) -> errors.ConnectError:
    where = f"{target.host} on port {target.port}"
    if "refused" in said:
        return errors.Refused(f"{where} refused the connection.")
    if "timeout" in said or "timed out" in said:
        return errors.Unreachable(f"{where} did not answer within {CONNECT_SECONDS} seconds.")
    if "resolve host" in said or "translate host name" in said or "Name or service" in said or "getaddrinfo" in said:
        return errors.Unreachable(f"The name {target.host} is not known.")
    if "No route to host" in said or "unreachable" in said:
        return errors.Unreachable(f"There is no way to {where} from here.")
    if "SSL" in said or "certificate" in said:
        return errors.TlsFailed(said)
    return errors.ConnectError(said)
