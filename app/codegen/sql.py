"""SQL as the Python that ran it: SQLAlchemy over the driver, the password fetched and never pasted. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from app.codegen.literals import Source, bracketed, string

DRIVERS = {"mysql": "mysql+pymysql", "mariadb": "mysql+pymysql", "postgres": "postgresql+psycopg"}
ROWS = 100
BUNDLE = "global-bundle.pem"  # of https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
# What SQLAlchemy's text() would take for a parameter although it is none: a colon in a string, a cast.
COLON = re.compile(r":(?=\w)|::")


@dataclass(frozen=True)
class Way:
    """How to connect: `login` is secret, iam or typed."""

    engine: str
    region: str
    instance: str
    database: str
    login: str
    secret: str
    user: str
    encrypted: bool = False
    host: str = ""
    port: int = 0


@dataclass(frozen=True)
class Program:
    """What ran, and where: `statements` are texts with the places of their parameters."""

    way: Way
    statements: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    parameters: Mapping[str, object] = field(default_factory=dict)
    write: bool = False
    commit: bool = False


def python(program: Program) -> str:
    """Return a Python program that connects as the dashboard did and runs the same statements."""
    source = Source()
    body = _run(program, source)
    needed = {"secret": "import json", "typed": "import getpass"}.get(program.way.login)
    imports = sorted({*source.imports, *([needed] if needed else [])})
    head = "\n".join(imports) + ("\n\n" if imports else "") + "import boto3\nimport sqlalchemy"
    return f"{head}\n\n{_connect(program.way)}\n\n{body}\n"


@lru_cache(64)  # the same for everything that runs there
def _connect(way: Way) -> str:
    return "\n\n".join([_find(way), _login(way), _engine(way)])


def _find(way: Way) -> str:
    region, name = string(way.region), string(way.instance)
    return (
        f'rds = boto3.client("rds", region_name={region})\n'
        f"found = rds.describe_db_instances(DBInstanceIdentifier={name})\n"
        'endpoint = found["DBInstances"][0]["Endpoint"]'
    )


def _login(way: Way) -> str:
    if way.login == "secret":
        return (
            f'secretsmanager = boto3.client("secretsmanager", region_name={string(way.region)})\n'
            f"secret = secretsmanager.get_secret_value(SecretId={string(way.secret)})\n"
            'password = json.loads(secret["SecretString"])["password"]'
        )
    if way.login == "iam":
        return (
            "password = rds.generate_db_auth_token(\n"
            '    DBHostname=endpoint["Address"],\n    Port=endpoint["Port"],\n'
            f"    DBUsername={string(way.user)},\n)"
        )
    return f"password = getpass.getpass({string(f'Password of {way.user}: ')})"


def _engine(way: Way) -> str:
    lines = [
        "url = sqlalchemy.URL.create(",
        f"    {string(DRIVERS[way.engine])},",
        f"    username={string(way.user)},",
        "    password=password,",
        '    host=endpoint["Address"],',
        '    port=endpoint["Port"],',
    ]
    if way.database or way.engine == "postgres":
        lines.append(f"    database={string(way.database or 'postgres')},")
    return "\n".join([*lines, ")", f"engine = sqlalchemy.create_engine(url{_tls(way)})"])


def _tls(way: Way) -> str:
    if not way.encrypted:
        return ""
    if way.engine == "postgres":
        return f', connect_args={{"sslmode": "verify-full", "sslrootcert": "{BUNDLE}"}}'
    return f', connect_args={{"ssl": {{"ca": "{BUNDLE}", "check_hostname": True}}}}'


def _run(program: Program, source: Source) -> str:
    lines = ["with engine.connect() as connection:"]
    if not program.write:
        begin = "SET TRANSACTION READ ONLY" if program.way.engine == "postgres" else "SET SESSION TRANSACTION READ ONLY"
        lines.append(f"    connection.execute(sqlalchemy.text({string(begin)}))")
    for text, places in program.statements:
        lines += _statement(program, text, places, source)
    if program.write and program.commit:
        lines.append("    connection.commit()")
    elif program.write:
        lines.append("    connection.rollback()  # only looked at: commit() would keep it")
    return "\n".join(lines)


def _statement(program: Program, text: str, places: tuple[tuple[int, int], ...], source: Source) -> list[str]:
    names = list(dict.fromkeys(text[start + 1 : end] for start, end in places))
    given = [f"{string(name)}: {source.value(program.parameters.get(name))}" for name in names]
    values = ", " + bracketed("{", given, "}", 8) if given else ""
    return [
        f"    statement = sqlalchemy.text({_quoted(escaped(text, places))})",
        f"    answer = connection.execute(statement{values})",
        "    if answer.returns_rows:",
        f"        for row in answer.fetchmany({ROWS}):",
        "            print(row)",
        "    else:",
        '        print(answer.rowcount, "rows changed")',
    ]


def escaped(text: str, places: tuple[tuple[int, int], ...]) -> str:
    """Return the text as SQLAlchemy's text() must have it, so that only the parameters are parameters."""
    parts, done = [], 0
    for start, end in (*places, (len(text), len(text))):
        parts += [_no_parameters(text[done:start]), text[start:end]]
        done = end
    return "".join(parts)


def _no_parameters(text: str) -> str:
    return COLON.sub(lambda found: found.group().replace(":", "\\:"), text)


def _quoted(text: str) -> str:
    """Return a literal: lines as lines, where nothing in them needs an escape."""
    if (
        "\n" not in text
        or '"""' in text
        or "\\" in text
        or text.endswith('"')
        or not text.replace("\n", "").isprintable()
    ):
        return string(text)
    return f'"""\n{text}\n"""'
