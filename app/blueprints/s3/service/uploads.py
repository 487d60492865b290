"""The files of a form into S3 while they arrive: small ones by one PutObject, large ones in parts, nothing held."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from app.blueprints.s3.service import media, names
from app.blueprints.s3.service.object_upload import Batch, Destination, ObjectUpload, Outcome, UploadRefused
from app.blueprints.s3.service.sender import Sender
from app.multipart import FormReader, Malformed, Part

MIB = 1024 * 1024
PART = 8 * MIB
MOST_PARTS = 10_000
COLLISIONS = ("ask", "replace", "rename", "skip")

__all__ = ["COLLISIONS", "Destination", "Outcome", "UploadRefused", "part_size", "receive"]


def part_size(body_length: int | None, max_bytes: int) -> int:
    """Return the size of a part in bytes so that 10,000 parts hold the largest file that can come."""
    largest = min(max_bytes, body_length) if body_length else max_bytes
    return max(PART, -(-largest // (MOST_PARTS - 1) // MIB) * MIB)


def receive(
    client: Any, form: FormReader, parts: Iterable[Part], where: Destination, size: int = PART
) -> list[Outcome]:
    """Store every file among `parts`, whose data `form` reads; one failing file does not lose the others.

    A form that breaks off gives the outcomes so far, the last one failed; so does none, then Malformed is raised.
    When the connection breaks, its exception passes through, and no half object and no parts are left.
    """
    batch = Batch(client, where)
    outcomes: list[Outcome] = []
    with Sender(size) as sender:
        try:
            for part in parts:
                if part.filename:  # "" is a file field left empty, None a plain field
                    outcomes.append(_outcome(part.filename, where))
                    _store(batch, form, outcomes[-1], sender)
        except Malformed as error:
            if not outcomes:
                raise
            outcomes.append(Outcome("(the rest of the form)", "", state="failed", failure=_cut_off(error)))
    return outcomes


def _outcome(filename: str, where: Destination) -> Outcome:
    cleaned = names.clean(filename)
    outcome = Outcome(filename, where.key(cleaned.path), notes=[cleaned.note] if cleaned.note else [])
    surplus = names.too_long(outcome.key)
    if not cleaned.path:
        happened = "Nothing is left of this file's name once it is made safe."
        outcome.fail(UploadRefused("NoName", "No usable name", happened, "Rename the file."))
    elif surplus:
        happened = f"The key would be {surplus:,} bytes longer than the {names.MAX_KEY_BYTES:,} that S3 takes."
        outcome.fail(UploadRefused("KeyTooLong", "The name is too long", happened, "Shorten the file's name."))
    return outcome


def _store(batch: Batch, form: FormReader, outcome: Outcome, sender: Sender) -> None:
    """Read one file to its end, leaving its parts with the sender; of a file that has failed no more is read."""
    if not outcome.open:
        return
    upload = ObjectUpload(batch, outcome)
    try:
        _pass_on(batch.where.max_bytes, form, outcome, sender, upload)
    except BaseException as error:
        reason = error if isinstance(error, Exception) else InterruptedError("The upload was interrupted.")
        sender.submit(partial(upload.give_up, _cut_off(reason) if isinstance(reason, Malformed) else reason))
        raise


def _pass_on(most: int, form: FormReader, outcome: Outcome, sender: Sender, upload: ObjectUpload) -> None:
    buffer = sender.borrow()
    used = _fill(form, buffer)
    _describe(outcome, buffer, used)
    first = bytearray(1)
    while outcome.open and used == len(buffer) and outcome.size <= most and form.readinto(first):
        sender.submit(partial(upload.send_part, buffer), buffer)
        buffer = sender.borrow()
        buffer[:1] = first
        used = _fill(form, buffer, 1)
        outcome.size += used
    if outcome.size > most:
        sender.submit(partial(upload.give_up, _too_large(most)), buffer)
    else:
        sender.submit(partial(upload.finish, _cut(buffer, used)), buffer)


def _fill(form: FormReader, buffer: bytearray, used: int = 0) -> int:
    while count := form.readinto(buffer, used):
        used += count
    return used


def _cut(buffer: bytearray, used: int) -> bytes | bytearray:
    """Return the used bytes of a buffer; copied where they are few, else the buffer itself made shorter."""
    if used <= MIB:
        return bytes(memoryview(buffer)[:used])
    del buffer[used:]
    return buffer


def _describe(outcome: Outcome, buffer: bytearray, used: int) -> None:
    """Decide by the first bytes what the file is; an empty one is refused."""
    if not used:
        happened = "The file is empty: 0 bytes arrived."
        outcome.fail(UploadRefused("Empty", "An empty file", happened, "Check the file; it was not stored."))
        return
    with memoryview(buffer) as view:
        kind = media.kind_of(view[:used], outcome.name)
        size = media.dimensions(view[: min(used, MIB)]) if kind.is_picture else None
    outcome.size = used
    outcome.type, outcome.named_type = kind.type, kind.named_type
    outcome.width, outcome.height = size or (None, None)
    if kind.note:
        outcome.notes.append(kind.note)


def _cut_off(error: Exception) -> UploadRefused:
    return UploadRefused("CutOff", "It arrived incomplete", str(error), "Send it again; nothing of it was kept.")


def _too_large(most: int) -> UploadRefused:
    happened = f"The file is larger than the {most / MIB:,.0f} MiB that this dashboard takes; nothing of it was kept."
    remedy = "Upload it straight to S3, or raise TRELLIS_MAX_UPLOAD_MIB."
    return UploadRefused("TooLarge", "Too large", happened, remedy)
