"""A small picture from a large one, within limits that are checked before a pixel is decoded."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageOps

from app.blueprints.s3.service import media

SIDE = 256  # pixels of the longest side
MIB = 1024 * 1024
MOST_SOURCE = 64 * MIB  # bytes of a file that are read for its thumbnail
MOST_DECODED = 256 * MIB  # bytes that a picture may take in memory
HEAVY = 64 * MIB  # above this, one at a time
_slots = threading.BoundedSemaphore(2)
_heavy = threading.Lock()
logger = logging.getLogger("trellis.s3")


class NoPreview(Exception):
    """No thumbnail can be made: `code` for programs, the message for people."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Small:
    """A thumbnail as WebP, and what was learnt of the picture: original size in pixels, type, colour (#rrggbb)."""

    body: bytes
    width: int | None = None
    height: int | None = None
    type: str = ""
    colour: str = ""
    marks: tuple[str, ...] = field(default=())  # animated, truncated
    reason: str = ""  # why there is only the icon: a NoPreview's code

    def facts(self) -> dict[str, str]:
        """Return what was learnt as S3 metadata."""
        known = {
            "width": self.width,
            "height": self.height,
            "type": self.type,
            "colour": self.colour,
            "marks": " ".join(self.marks),
            "reason": self.reason,
        }
        return {name: str(value) for name, value in known.items() if value}

    @classmethod
    def from_facts(cls, body: bytes, facts: dict[str, str]) -> "Small":
        """Return a thumbnail that was kept with its facts."""
        width, height = facts.get("width"), facts.get("height")
        return cls(
            body,
            int(width) if width else None,
            int(height) if height else None,
            facts.get("type", ""),
            facts.get("colour", ""),
            tuple(facts.get("marks", "").split()),
            facts.get("reason", ""),
        )


def shrink(data: bytes, most_pixels: int) -> Small:
    """Return the thumbnail of a picture; raises NoPreview where there is none to make."""
    found = media.sniff(data[:64])
    if found is None:
        raise NoPreview("not-a-picture", "The content is not a picture of a known type.")
    try:
        with media.open_picture(data) as picture:
            width, height = media.displayed(picture)
            weight = _check(picture, most_pixels)
            with _turn(weight):
                return _shrunk(picture, found, (width, height))
    except (Image.DecompressionBombError, MemoryError) as error:
        raise NoPreview("too-many-pixels", str(error)) from error
    except media.BROKEN as error:
        raise NoPreview("damaged", f"The picture cannot be read: {error}") from error


def _check(picture: Any, most_pixels: int) -> int:
    """Return how many bytes the decoded picture takes; raises NoPreview above the limits. Decodes nothing."""
    width, height = picture.size
    if width * height > most_pixels:
        raise NoPreview("too-many-pixels", f"{width:,} x {height:,} pixels are too many for a preview.")
    progressive = width * height * 3 if picture.info.get("progressive") else 0  # libjpeg keeps the whole scan
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded at a fraction of its size
    width, height = picture.size
    weight: int = width * height * _pixel_bytes(picture.mode) + progressive
    if weight > MOST_DECODED:
        raise NoPreview("too-heavy", f"Decoding it would take {weight // MIB:,} MiB of memory.")
    return weight


def _pixel_bytes(mode: str) -> int:
    return 1 if mode in ("1", "L", "P") else 2 if mode.startswith("I;16") else 4


@contextmanager
def _turn(weight: int) -> Iterator[None]:
    """Wait for one of two turns to decode; a heavy picture also waits for the other heavy one."""
    with _slots:
        if weight <= HEAVY:
            yield
        else:
            with _heavy:
                yield


def _shrunk(picture: Any, found: str, size: tuple[int, int]) -> Small:
    marks = ["animated"] if media.is_animated(picture) else []
    if not _load(picture):
        marks.append("truncated")
    image = _eight_bits(picture)
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _to_srgb(ImageOps.exif_transpose(image), picture.info.get("icc_profile"))
    out = BytesIO()
    image.save(out, "WEBP", quality=80, method=2)
    return Small(out.getvalue(), *size, found, _colour(image), tuple(marks))


def _load(picture: Any) -> bool:
    """Decode; False where the file ends too early. What came before the end is kept and shown."""
    try:
        picture.load()
    except OSError as error:
        if "truncated" not in str(error) or not picture.im:
            raise
        picture.tile = []  # nothing more to decode: Pillow would try, and fail, at each use
        return False
    return True


def _eight_bits(picture: Any) -> Any:
    """Return the picture in a mode that can be scaled and shown; 16-bit and floating values by their range."""
    mode = picture.mode
    if mode.startswith("I;16"):
        picture = picture.convert("I")
    if picture.mode in ("I", "F"):
        low, high = (0, 65535) if mode.startswith("I;16") else picture.getextrema()
        scale = 255 / ((high - low) or 1)
        return picture.point(lambda value: value * scale - low * scale).convert("L")
    if mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in picture.info:
        return picture.convert("RGBA")
    if mode in ("L", "RGB", "RGBA", "CMYK"):
        return picture
    return picture.convert("RGB")


def _to_srgb(image: Any, profile: bytes | None) -> Any:
    """Return the picture in the web's colours: phones write Display P3, printers CMYK."""
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError) as error:
            logger.info("a picture's colour profile is not usable: %s", error)
        else:
            return converted or image
    return image.convert("RGB") if image.mode not in ("RGB", "RGBA") else image


def _colour(image: Any) -> str:
    red, green, blue = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    return f"#{red:02x}{green:02x}{blue:02x}"


@cache
def icon() -> bytes:
    """Return what stands for a picture that cannot be shown: a small sheet, neutral in any theme."""
    finer = 4  # drawn larger and made smaller, for smooth lines
    image = Image.new("RGBA", (SIDE * finer, SIDE * finer), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for line in (_SHEET, _HILLS):
        points = [(SIDE * finer / 2 + x * finer, SIDE * finer / 2 + y * finer) for x, y in line]
        pen.line(points, (128, 134, 145, 255), int(2.5 * finer), "curve")
    out = BytesIO()
    image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(out, "WEBP", lossless=True)
    return out.getvalue()


# In pixels from the middle of the tile.
_SHEET = ((7, -22), (-16, -22), (-16, 22), (16, 22), (16, -13), (7, -22), (7, -13), (16, -13))
_HILLS = ((-9, 12), (-2, 3), (3, 9), (6, 6), (10, 12))
