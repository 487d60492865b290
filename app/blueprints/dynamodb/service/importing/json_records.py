"""Records of JSON files: an array, one object a line, or DynamoDB JSON; nothing but one record is held."""

import json
import re
from collections.abc import Iterator
from typing import Any

from app.blueprints.dynamodb.service.importing.records import Options, Record, judged, refused
from app.blueprints.dynamodb.service.importing.texts import Texts, Unreadable
from app.blueprints.dynamodb.service.wire import TYPES, Item, Key, Mistake, item_of, marshalled_item, tree_of
from app.blueprints.dynamodb.service.wire.mistakes import placed
from app.blueprints.dynamodb.service.wire.reading import Constant, Number, pairs

LARGEST = 4 * 1024 * 1024  # characters of one element
_ANSWER = re.compile(r'\s*\{\s*(?:"(?:Count|ScannedCount)"\s*:\s*[0-9]+\s*,\s*)*"Items"\s*:\s*\[')
_SPACE = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Constant, object_pairs_hook=pairs)


def is_array(beginning: str) -> bool:
    """Whether a text begins as an array, or as the answer of a scan, {"Items": [..]}."""
    return beginning.lstrip().startswith("[") or bool(_ANSWER.match(beginning))


class JsonRecords:
    """Reads records; `marshalled` says, after the first, that they are DynamoDB JSON."""

    def __init__(self, texts: Texts, options: Options, keys: tuple[Key, ...], array: bool):
        self._texts, self._keys, self._array = texts, keys, array
        self.marshalled: bool | None = True if options.form == "dynamodb" else None

    def each(self) -> Iterator[Record]:
        """Yield the records."""
        return self._elements() if self._array else self._lines()

    def _lines(self) -> Iterator[Record]:
        for line in self._texts.each_line():
            if not line.strip():
                continue
            number = self._texts.lines
            try:
                item = self._item(tree_of(line))
            except Mistake as error:
                found = placed(error, line)
                yield refused(number, found, found.where or f"column {found.column}")
                continue
            yield judged(number, item, self._keys)

    def _item(self, tree: Any) -> Item:
        exported = isinstance(tree, dict) and set(tree) == {"Item"} and isinstance(tree["Item"], dict)
        if exported and self.marshalled is not False:
            self.marshalled = True
            return marshalled_item(tree["Item"])
        if self.marshalled is None:
            self.marshalled = bool(tree) and isinstance(tree, dict) and all(map(_is_typed, tree.values()))
        return marshalled_item(tree) if self.marshalled else item_of(tree)

    def _elements(self) -> Iterator[Record]:
        pieces = self._texts.each_piece()
        held, line = self._opened(pieces)
        while True:
            space = _SPACE.match(held)
            at = space.end() if space else 0
            if at == len(held):
                line += held.count("\n")
                held = next(pieces, "")
                if not held:
                    raise Unreadable("The array is not closed: the file ends within it.", line)
                continue
            if held[at] == "]":
                return
            line += held.count("\n", 0, at)
            tree, held, used = self._decoded(held[at:], pieces, line)
            yield self._one(tree, line)
            line += used
            self._texts.lines = line

    def _one(self, tree: Any, line: int) -> Record:
        try:
            return judged(line, self._item(tree), self._keys)
        except Mistake as error:
            return refused(line, error)

    @staticmethod
    def _opened(pieces: Iterator[str]) -> tuple[str, int]:
        """Return the text behind the array's opening bracket, and its line."""
        held = ""
        for piece in pieces:
            held += piece
            if len(held) >= 4096:
                break
        found = _ANSWER.match(held) or re.match(r"\s*\[", held)
        if found is None:
            raise Unreadable("The file is no JSON array: it must begin with [.", 1)
        return held[found.end() :], 1 + held.count("\n", 0, found.end())

    @staticmethod
    def _decoded(held: str, pieces: Iterator[str], line: int) -> tuple[Any, str, int]:
        """Return the next element, the text behind it, and how many lines it has; more is read until it is whole."""
        while True:
            try:
                tree, end = _DECODER.raw_decode(held)
            except json.JSONDecodeError as error:
                cut_off = error.pos >= len(held) - 64 or "Unterminated" in error.msg
                more = _more(pieces, len(held)) if cut_off and len(held) <= LARGEST else ""
                if not more:
                    at = line + held.count("\n", 0, error.pos)
                    sentence = f"Line {at} is not JSON: {error.msg}. Nothing behind it can be read."
                    raise Unreadable(sentence, at) from None
                held += more
                continue
            except RecursionError:
                raise Unreadable(f"The element in line {line} is nested too deep.", line) from None
            if end == len(held) and (more := next(pieces, "")):
                held += more  # a number may go on in the next piece
                continue
            return tree, held[end:], held.count("\n", 0, end)


def _more(pieces: Iterator[str], wanted: int) -> str:
    """Read about as much again, so that a long element is not decoded many times."""
    found, length = [], 0
    for piece in pieces:
        found.append(piece)
        length += len(piece)
        if length >= wanted:
            break
    return "".join(found)


def _is_typed(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in TYPES
