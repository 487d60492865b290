"""A function's code: read, changed in one file, deployed if nobody else deployed meanwhile."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.awslambda.service import bundles, failing, functions
from app.blueprints.awslambda.service.bundles import Entry, Unreadable
from app.blueprints.awslambda.service.checks import Remark
from app.blueprints.awslambda.service.functions import Function
from app.source_lines import Line, around


@dataclass(frozen=True)
class Code:
    """What lies in a function's zip, and the one file that is shown; `unread` says why there is nothing."""

    function: Function
    files: tuple[Entry, ...] = ()
    shown: str = ""
    text: str = ""
    remarks: tuple[Remark, ...] = ()
    unread: str = ""


@dataclass(frozen=True)
class Marked:
    """Lines of the code around the one where it failed."""

    file: str = ""
    line: int = 0
    lines: tuple[Line, ...] = ()
    unread: str = ""


def answer(client: Any, name: str, qualifier: str = "") -> Mapping[str, Any]:
    """Return GetFunction's answer. Raises Refused where there is none."""
    more = {"Qualifier": qualifier} if qualifier else {}
    try:
        found: Mapping[str, Any] = client.get_function(FunctionName=name, **more)
    except ClientError as error:
        raise functions.absent(error, name) from error
    return found


def look(client: Any, name: str, file: str = "", qualifier: str = "") -> Code:
    """Return a function's files and one of them as text: the handler's, unless another is asked for."""
    found = answer(client, name, qualifier)
    function = functions.read(found["Configuration"])
    try:
        with closing(bundles.fetch(found)) as held, bundles.opened(held) as archive:
            files = bundles.entries(archive)
            names = [one.name for one in files]
            shown = file or (function.module if function.module in names else next(iter(names), ""))
            remarks = (
                bundles.check(archive, function.module, function.entry, bool(function.layers))
                if function.python
                else ()
            )
            text, unread = _text(archive, shown)
    except Unreadable as error:
        return Code(function, unread=str(error))
    return Code(function, files, shown, text, remarks, unread)


def _text(archive: Any, name: str) -> tuple[str, str]:
    try:
        return (bundles.text_of(archive, name), "") if name else ("", "The zip is empty.")
    except Unreadable as error:
        return "", str(error)


def deploy_file(client: Any, name: str, file: str, text: str, sha256: str, revision: str) -> Function:
    """Put one file's new text into a function's zip and deploy it.

    Raises Changed where the code, or the function, is not what the page showed; nothing is deployed then.
    """
    found = answer(client, name)
    if found["Configuration"]["CodeSha256"] != sha256:
        raise Changed
    with closing(bundles.fetch(found)) as held, bundles.opened(held) as archive:
        made = bundles.changed(archive, file, text)
    return deploy(client, name, made, revision)


class Changed(Exception):
    """Somebody else changed the function after the page was loaded."""


def deploy(client: Any, name: str, data: bytes, revision: str) -> Function:
    """Deploy a zip. Raises Changed where `revision` is given and is not the function's any more."""
    more = {"RevisionId": revision} if revision else {}
    try:
        return functions.read(client.update_function_code(FunctionName=name, ZipFile=data, **more))
    except ClientError as error:
        if error.response["Error"]["Code"] == "PreconditionFailedException":
            raise Changed from error
        raise functions.absent(error, name) from error


def marked(client: Any, name: str, trace: tuple[str, ...], message: str, qualifier: str = "") -> Marked:
    """Return the lines of the code at which it failed, as its stack trace says."""
    try:
        found = answer(client, name, qualifier)
        with closing(bundles.fetch(found)) as held, bundles.opened(held) as archive:
            where = failing.place(trace, message, [one.name for one in bundles.entries(archive)])
            if where is None:
                return Marked()
            return Marked(
                where.file, where.lines[-1], around(bundles.text_of(archive, where.file), where.lines, failing.AROUND)
            )
    except Unreadable as error:
        return Marked(unread=str(error))
    except ClientError as error:
        return Marked(unread=error.response["Error"].get("Message", "") or str(error))
