"""SQL as the line for psql or mysql that runs it: the password fetched into the environment, never pasted. Pure."""

from shlex import join, quote

from app.codegen.sql import BUNDLE, Program

FIELD = 'import json, sys; print(json.load(sys.stdin)["password"])'


def command(program: Program) -> str:
    """Return the line; empty where parameters are bound, which the clients cannot, or for what was not committed."""
    bound = any(places for _, places in program.statements)
    if bound or not program.host or (program.write and not program.commit):
        return ""
    words = _psql(program) if program.engine == "postgres" else _mysql(program)
    variable = "PGPASSWORD" if program.engine == "postgres" else "MYSQL_PWD"
    password = _password(program)
    return (f'{variable}="{password}" ' if password else "") + words


def _password(program: Program) -> str:
    if program.login == "secret":
        words = ["aws", "secretsmanager", "get-secret-value", "--region", program.region]
        words += ["--secret-id", program.secret, "--query", "SecretString", "--output", "text"]
        return f"$({join(words)} | python3 -c {quote(FIELD)})"
    if program.login == "iam":
        words = ["aws", "rds", "generate-db-auth-token", "--region", program.region]
        words += ["--hostname", program.host, "--port", str(program.port), "--username", program.user]
        return f"$({join(words)})"
    return ""  # the client asks for it


def _psql(program: Program) -> str:
    settings = "" if program.write else "PGOPTIONS='-c default_transaction_read_only=on' "
    if program.encrypted:
        settings += f"PGSSLMODE=verify-full PGSSLROOTCERT={BUNDLE} "
    words = ["psql", "--no-psqlrc", "-h", program.host, "-p", str(program.port), "-U", program.user]
    words += ["-d", program.database or "postgres"]
    words += ["--single-transaction"] if len(program.statements) > 1 else []
    words += [part for text, _ in program.statements for part in ("-c", text)]
    return settings + join(words)


def _mysql(program: Program) -> str:
    words = ["mysql", "-h", program.host, "-P", str(program.port), "-u", program.user, "--protocol=tcp", "--table"]
    words += ["-p"] if program.login == "typed" else []
    words += [] if program.write else ["--init-command=SET SESSION TRANSACTION READ ONLY"]
    words += [f"--ssl-ca={BUNDLE}", "--ssl-verify-server-cert"] if program.encrypted else []
    text = ";\n".join(text for text, _ in program.statements)
    return join([*words, *([program.database] if program.database else []), "-e", text])
