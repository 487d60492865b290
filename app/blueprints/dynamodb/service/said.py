"""A question as one line of words, as history and saved queries list it."""

from collections.abc import Sequence

from app.blueprints.dynamodb.service.asked import KEY_OPERATORS, OPERATORS, Asked, Condition, Group
from app.blueprints.dynamodb.service.tables import Key, Table

_NO_VALUE = ("exists", "not exists")


def in_words(keys: Sequence[Key], asked: Asked) -> str:
    """Return what is asked; `keys` is the key of the table or index that is read."""
    said = [_keys(keys, asked) or "everything"]
    groups = [_group(one) for one in asked.groups if one.conditions]
    if groups:
        said.append("where " + (" or " if asked.join == "or" else " and ").join(groups))
    if asked.attributes:
        said.append(f"only {asked.attributes}")
    if asked.descending and asked.is_query:
        said.append("descending")
    return f"{asked.index}: " * bool(asked.index) + ", ".join(said)


def question(table: Table, asked: Asked) -> str:
    """Return what is asked of a table, also where it has no such index."""
    known = not asked.index or table.index(asked.index) is not None
    return in_words(table.keys_of(asked.index) if known else table.keys, asked)


def _keys(keys: Sequence[Key], asked: Asked) -> str:
    found = [f"{keys[0].name} = {asked.partition}"] if asked.partition else []
    if asked.sort and len(keys) > 1:
        upper = f" and {asked.sort_upper}" if asked.compare == "between" else ""
        found.append(f"{keys[1].name} {KEY_OPERATORS[asked.compare]} {asked.sort}{upper}")
    return " and ".join(found)


def _group(group: Group) -> str:
    joined = (" or " if group.match in ("any", "none") else " and ").join([_condition(one) for one in group.conditions])
    if group.match in ("not all", "none"):
        return f"not ({joined})"
    return f"({joined})" if len(group.conditions) > 1 else joined


def _condition(one: Condition) -> str:
    words = f"{one.path} {OPERATORS[one.operator]}"
    if one.operator in _NO_VALUE:
        return words
    upper = f" and {one.upper}" if one.operator == "between" else ""
    return f"{words} {'null' if one.type == 'NULL' else one.value}{upper}"
