"""What a file is: decided by its first bytes, never by its name."""

import mimetypes
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from botocore.exceptions import ClientError
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from app.blueprints.s3.service.exif import Exif, Position, header_exif, read_exif, read_position

HEAD_BYTES = 256 * 1024  # enough for the dimensions and the EXIF data of nearly every picture
UNKNOWN = "application/octet-stream"

# The pictures that are shown, each with the class that reads it: no other format of Pillow's is ever tried.
READERS: dict[str, type[Any]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/avif": AvifImagePlugin.AvifImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/bmp": BmpImagePlugin.BmpImageFile,
}
INLINE = frozenset(READERS) - {"image/tiff"}  # no browser but Safari shows TIFF; its thumbnail is WebP
# What Pillow raises for damaged and hostile files, by its own plugins' habits.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    LookupError,
    ArithmeticError,
    MemoryError,
    struct.error,
    Image.DecompressionBombError,
)
_LABELS = {"image/jpeg": "JPEG", "image/svg+xml": "SVG", "image/webp": "WebP", "text/html": "HTML"}
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
_BMP_HEADERS = frozenset((12, 40, 52, 56, 64, 108, 124))  # two letters alone would take many a text for a picture
_EXTRA_NAMES = {".avif": "image/avif", ".webp": "image/webp", ".heic": "image/heic", ".heif": "image/heif"}
TAIL = 64 * 1024  # bytes in which a picture's end is looked for
_ENDS = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND"}


@dataclass(frozen=True)
class Kind:
    """What a file is (`type`), what its name claims (`named_type`, "" for nothing), and a note where they differ."""

    type: str
    named_type: str
    is_picture: bool
    note: str = ""


@dataclass(frozen=True)
class Inspection:
    """What the first bytes of a stored object tell; sizes in pixels as displayed, None where they are not told."""

    kind: Kind
    stored_type: str
    width: int | None = None
    height: int | None = None
    mode: str = ""
    animated: bool = False
    exif: Exif | None = None
    position: Position | None = None
    has_position: bool = False  # it can be asked for

    @property
    def stored_type_is_right(self) -> bool:
        """Whether the object's Content-Type says what its content is."""
        return self.stored_type.partition(";")[0].strip().lower() == self.kind.type


def sniff(head: bytes | bytearray | memoryview) -> str | None:
    """Return the picture type that the first bytes (32 are enough) stand for, None for anything else."""
    start = bytes(head[:64])
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    if start[:2] == b"BM" and int.from_bytes(start[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    return _iso_picture(start)


def _iso_picture(start: bytes) -> str | None:
    """Tell AVIF by the brands of its first box."""
    if start[4:8] != b"ftyp":
        return None
    length = min(int.from_bytes(start[:4], "big"), len(start))
    brands = {start[8:12], *(start[at : at + 4] for at in range(16, length - 3, 4))}
    return "image/avif" if brands & {b"avif", b"avis"} else None


def named_type(name: str) -> str:
    """Return the type that a name claims by its ending, "" where it claims none."""
    _, dot, last = name.rsplit("/", 1)[-1].lower().rpartition(".")
    ending = f".{last}" if dot else ""
    return _EXTRA_NAMES.get(ending) or mimetypes.guess_type("x" + ending, strict=False)[0] or ""


def kind_of(head: bytes | bytearray | memoryview, name: str) -> Kind:
    """Decide what a file is by its first bytes; the name only decides for what is no picture."""
    found, claimed = sniff(head), named_type(name)
    if found:
        differs = bool(claimed) and claimed != found
        note = f"named {_ending(name)}, is {label(found)}" if differs else ""
        return Kind(found, claimed, True, note)
    if claimed in READERS:
        note = f"named {_ending(name)}, but the content is no {label(claimed)} picture"
        return Kind(UNKNOWN, claimed, False, note)
    return Kind(claimed or UNKNOWN, claimed, False)


def label(kind: str) -> str:
    """Return a type as people say it: image/jpeg is JPEG."""
    return _LABELS.get(kind, kind.rpartition("/")[2].upper() if kind.startswith("image/") else kind)


def _ending(name: str) -> str:
    return "." + name.rpartition(".")[2]


def open_picture(data: bytes | memoryview) -> Any:
    """Return a Pillow picture whose header is read and whose pixels are not; raises one of BROKEN, or KeyError.

    The class is chosen by signature. Image.open is avoided on purpose: it warns and fails by size before the caller
    can say how large the picture claims to be.
    """
    found = sniff(data[:64])
    if found is None:
        raise UnidentifiedImageError("not a picture")
    return READERS[found](BytesIO(data))


def dimensions(data: bytes | memoryview) -> tuple[int, int] | None:
    """Return width and height as displayed (orientation respected), or None where the bytes do not tell."""
    try:
        with open_picture(data) as picture:
            return displayed(picture)
    except BROKEN:
        return None


def displayed(picture: Any) -> tuple[int, int]:
    """Return a picture's width and height after its EXIF orientation."""
    width, height = picture.size
    turned = header_exif(picture).get(0x0112) in (5, 6, 7, 8)
    return (height, width) if turned else (width, height)


def is_animated(picture: Any) -> bool:
    """Whether a picture moves; the pages of a TIFF do not."""
    return bool(getattr(picture, "is_animated", False)) and picture.format != "TIFF"


def ends_early(kind: str, data: bytes | bytearray) -> bool:
    """Whether a JPEG or PNG lacks its end; `data` is the file or at least its last TAIL bytes.

    What follows the end is no fault: cameras and phones add their own there.
    """
    mark = _ENDS.get(kind)
    return mark is not None and data.find(mark, max(0, len(data) - TAIL)) < 0


def inspect(client: Any, bucket: str, key: str, version: str | None = None, position: bool = False) -> Inspection:
    """Read the beginning of an object and say what it is; the place where it was taken only when asked for."""
    head, stored = _head(client, bucket, key, version)
    kind = kind_of(head, key)
    if not kind.is_picture:
        return Inspection(kind, stored)
    try:
        with open_picture(head) as picture:
            return _inspected(picture, kind, stored, position)
    except BROKEN:
        return Inspection(kind, stored)


def _inspected(picture: Any, kind: Kind, stored: str, position: bool) -> Inspection:
    width, height = displayed(picture)
    place, moving = read_position(picture), is_animated(picture)
    told = place if position else None
    return Inspection(
        kind, stored, width, height, picture.mode, moving, read_exif(picture), told, has_position=place is not None
    )


def _head(client: Any, bucket: str, key: str, version: str | None) -> tuple[bytes, str]:
    which = {"VersionId": version} if version else {}
    try:
        answer = client.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{HEAD_BYTES - 1}", **which)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("InvalidRange", "416"):  # an object of 0 bytes has no range
            return b"", ""
        raise
    with answer["Body"] as body:
        return body.read(), answer.get("ContentType", "")


def fix_type(client: Any, bucket: str, key: str, kind: str) -> None:
    """Set the Content-Type of an object by copying it onto itself; metadata, tags and storage class stay."""
    known = client.head_object(Bucket=bucket, Key=key)
    kept = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "StorageClass")
    client.copy_object(
        Bucket=bucket,
        Key=key,
        CopySource={"Bucket": bucket, "Key": key},
        CopySourceIfMatch=known["ETag"],
        MetadataDirective="REPLACE",
        TaggingDirective="COPY",
        ContentType=kind,
        Metadata=known.get("Metadata", {}),
        **{name: known[name] for name in kept if known.get(name)},
    )
