"""Passwords in SQL, left out of what is kept."""

from app.sql.lexer import tokens
from app.sql.statements import READING
from app.sql.target import Dialect

SECRET_AFTER = frozenset({"IDENTIFIED", "PASSWORD"})
MASK = "'***'"


def masked(script: str, dialect: Dialect) -> str:
    """Return a script in which every text after IDENTIFIED or PASSWORD in a changing statement is a mask."""
    if not any(word in script.upper() for word in SECRET_AFTER):
        return script
    parts, done, first, secret = [], 0, "", False
    for kind, start, end in tokens(script, dialect):
        word = script[start:end].upper() if kind == "word" else ""
        if kind == ";":
            first, secret = "", False
        elif not first and kind != "comment":
            first = word or kind
        if word in SECRET_AFTER and first not in READING:
            secret = True
        elif secret and kind in ("string", "unclosed"):
            parts += [script[done:start], MASK]
            done = end
    return "".join([*parts, script[done:]])
