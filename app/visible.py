"""Control characters in data, which HTML forbids: a page shows each as its visible symbol, such as ␇ for a bell."""

import re

from flask import Flask, Response

_FORBIDDEN = bytes(set(range(32)) - set(b"\t\n\r")) + b"\x7f"
_C1 = re.compile(b"\xc2[\x80-\x9f]")  # U+0080 to U+009F in UTF-8, mostly of text in a code of Windows
# What is between tags is shown; what a form sends back, a script reads or a tag says stays what it is.
_PARTS = re.compile(r"(<(textarea|script|style)\b.*?</\2\s*>|<[^>]*>)|[^<]+", re.DOTALL | re.IGNORECASE)
_SYMBOLS = {code: chr(0x2400 + code) for code in _FORBIDDEN} | {0x7F: "␡"} | dict.fromkeys(range(0x80, 0xA0), "�")


def init_app(app: Flask) -> None:
    """Look through every page once it is whole, so that no template and no cell of a table need think of it."""
    app.after_request(_show)


def shown(page: bytes) -> bytes:
    """Return a page whose text has symbols in the place of control characters.

    Pages without any, nearly all, are only looked at: by two passes of C, so that escaping costs what it did.
    """
    if len(page.translate(None, _FORBIDDEN)) == len(page) and (page.isascii() or not _C1.search(page)):
        return page
    return _PARTS.sub(lambda found: found[0] if found[1] else found[0].translate(_SYMBOLS), page.decode()).encode()


def _show(response: Response) -> Response:
    if response.mimetype == "text/html" and not (response.direct_passthrough or response.is_streamed):
        page = response.get_data()
        made = shown(page)
        if made is not page:
            response.set_data(made)
    return response
