"""SQL as the line for psql or mysql that runs it: the password fetched into the environment, never pasted. Pure."""

from functools import lru_cache
from shlex import join, quote

from app.codegen.sql import BUNDLE, Program, Way

FIELD = 'import json, sys; print(json.load(sys.stdin)["password"])'


def command(program: Program) -> str:
    """Return the line; empty where parameters are bound, which the clients cannot, or for what was not committed."""
    bound = any(places for _, places in program.statements)
    if bound or not program.way.host or (program.write and not program.commit):
        return ""
    client = _client(program.way, program.write)
    if program.way.engine != "postgres":
        text = ";\n".join(text for text, _ in program.statements)
        return f"{client} -e {quote(text)}"
    together = " --single-transaction" if len(program.statements) > 1 else ""
    return client + together + "".join(f" -c {quote(text)}" for text, _ in program.statements)


@lru_cache(64)  # the same for everything that runs there
def _client(way: Way, write: bool) -> str:
    """Return the line up to the statements."""
    words = _psql(way, write) if way.engine == "postgres" else _mysql(way, write)
    variable = "PGPASSWORD" if way.engine == "postgres" else "MYSQL_PWD"
    password = _password(way)
    return (f'{variable}="{password}" ' if password else "") + words


def _password(way: Way) -> str:
    if way.login == "secret":
        words = ["aws", "secretsmanager", "get-secret-value", "--region", way.region]
        words += ["--secret-id", way.secret, "--query", "SecretString", "--output", "text"]
        return f"$({join(words)} | python3 -c {quote(FIELD)})"
    if way.login == "iam":
        words = ["aws", "rds", "generate-db-auth-token", "--region", way.region]
        words += ["--hostname", way.host, "--port", str(way.port), "--username", way.user]
        return f"$({join(words)})"
    return ""  # the client asks for it


def _psql(way: Way, write: bool) -> str:
    settings = "" if write else "PGOPTIONS='-c default_transaction_read_only=on' "
    if way.encrypted:
        settings += f"PGSSLMODE=verify-full PGSSLROOTCERT={BUNDLE} "
    words = ["psql", "--no-psqlrc", "-h", way.host, "-p", str(way.port), "-U", way.user]
    return settings + join([*words, "-d", way.database or "postgres"])


def _mysql(way: Way, write: bool) -> str:
    words = ["mysql", "-h", way.host, "-P", str(way.port), "-u", way.user, "--protocol=tcp", "--table"]
    words += ["-p"] if way.login == "typed" else []
    words += [] if write else ["--init-command=SET SESSION TRANSACTION READ ONLY"]
    words += [f"--ssl-ca={BUNDLE}", "--ssl-verify-server-cert"] if way.encrypted else []
    return join([*words, *([way.database] if way.database else [])])
