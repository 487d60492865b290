"""What a camera wrote into a picture; the place where it was taken stands apart, since it is nobody's business."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825


@dataclass(frozen=True)
class Exif:
    """The camera's own words; "" where it said nothing."""

    camera: str = ""
    lens: str = ""
    exposure: str = ""
    aperture: str = ""
    iso: str = ""
    focal_length: str = ""
    taken: str = ""
    software: str = ""
    orientation: int = 1

    def rows(self) -> list[tuple[str, str]]:
        """Return what is known as label and value."""
        named = (
            ("Camera", self.camera),
            ("Lens", self.lens),
            ("Exposure", self.exposure),
            ("Aperture", self.aperture),
            ("ISO", self.iso),
            ("Focal length", self.focal_length),
            ("Taken", self.taken),
            ("Software", self.software),
            ("Orientation", "" if self.orientation == 1 else str(self.orientation)),
        )
        return [(label, value) for label, value in named if value]


@dataclass(frozen=True)
class Position:
    """Where a picture was taken: degrees north and east, metres above the sea (None where not told)."""

    latitude: float
    longitude: float
    altitude: float | None = None


def header_exif(picture: Any) -> Any:
    """Return Pillow's EXIF mapping of a picture without decoding it; Pillow decodes a whole PNG to look for more."""
    if picture.format == "PNG" and not {"exif", "Raw profile type exif"} & set(picture.info):
        return {}
    return picture.getexif()


def read_exif(picture: Any) -> Exif | None:
    """Return a Pillow picture's EXIF data without its position, None where there is none."""
    found = header_exif(picture)
    if not found:
        return None
    detail = found.get_ifd(_EXIF_IFD)
    maker, model = _text(found.get(0x010F)), _text(found.get(0x0110))
    return Exif(
        camera=model if model.startswith(maker) else f"{maker} {model}".strip(),
        lens=_text(detail.get(0xA434)),
        exposure=_exposure(_number(detail.get(0x829A))),
        aperture=_with(_number(detail.get(0x829D)), "f/{:.2g}"),
        iso=_text(detail.get(0x8827)),
        focal_length=_with(_number(detail.get(0x920A)), "{:g} mm"),
        taken=_time(_text(detail.get(0x9003)) or _text(found.get(0x0132)), _text(detail.get(0x9011))),
        software=_text(found.get(0x0131)),
        orientation=_orientation(found.get(0x0112)),
    )


def read_position(picture: Any) -> Position | None:
    """Return where a Pillow picture was taken, None where it does not tell."""
    found = header_exif(picture)
    gps = found.get_ifd(_GPS_IFD) if found else {}
    latitude, longitude = _degrees(gps.get(2), gps.get(1), "S"), _degrees(gps.get(4), gps.get(3), "W")
    if latitude is None or longitude is None:
        return None
    altitude = _number(gps.get(6))
    below = gps.get(5) in (1, b"\x01")
    return Position(latitude, longitude, -altitude if altitude is not None and below else altitude)


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, tuple):
        value = value[0] if value else ""
    plain = "" if value is None else str(value).partition("\0")[0]
    return "".join(c for c in plain if c.isprintable()).strip()[:200]


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _with(value: float | None, form: str) -> str:
    return "" if value is None or value != value else form.format(value)


def _exposure(seconds: float | None) -> str:
    if not seconds or seconds != seconds:
        return ""
    return f"1/{round(1 / seconds)} s" if 0 < seconds < 0.4 else f"{seconds:g} s"


def _time(text: str, offset: str) -> str:
    """Return EXIF's 2024:05:17 18:03:22 as 2024-05-17 18:03:22, with its zone where the camera knew it."""
    try:
        return f"{datetime.strptime(text, '%Y:%m:%d %H:%M:%S')} {offset}".strip()
    except ValueError:
        return text


def _orientation(value: Any) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _degrees(parts: Any, side: Any, negative: str) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    numbers = [_number(part) for part in parts]
    if any(n is None or n != n for n in numbers):
        return None
    total: float = sum(n / 60**power for power, n in enumerate(numbers) if n is not None)
    degrees: float = round(-total if _text(side).upper() == negative else total, 6)
    return degrees
