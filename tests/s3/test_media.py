"""What a file is, by its content; and small pictures from every kind of large one."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, features

from app.blueprints.s3.service import media
from app.blueprints.s3.service.exif import read_exif, read_position
from app.blueprints.s3.service.picture import SIDE, NoPreview, Small, icon, shrink
from tests.s3.transfer import picture

MOST = 120_000_000
FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
}


def opened(small: Small) -> Image.Image:
    image = Image.open(BytesIO(small.body))
    assert image.format == "WEBP"
    return image


def test_pillow_reads_every_kind() -> None:
    assert all(features.check(name) for name in ("avif", "webp", "jpg", "zlib", "littlecms2"))


@pytest.mark.parametrize(("kind", "mime"), FORMATS.items())
def test_every_kind_is_known_and_shown(kind: str, mime: str) -> None:
    data = picture(kind, (400, 300))
    assert media.sniff(data[:64]) == mime
    assert media.dimensions(data) == (400, 300)
    small = shrink(data, MOST)
    assert (small.type, small.width, small.height, small.marks) == (mime, 400, 300, ())
    assert opened(small).size == (256, 192)


@pytest.mark.parametrize(
    ("data", "name", "kind", "note"),
    [
        (picture("PNG"), "a.jpeg", "image/png", "named .jpeg, is PNG"),
        (picture("JPEG"), "a.JPG", "image/jpeg", ""),
        (picture("JPEG"), "photo", "image/jpeg", ""),
        (b"plain words", "a.png", "application/octet-stream", "named .png, but the content is no PNG picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "image/svg+xml", ""),
        (b"<html>", "a.html", "text/html", ""),
        (b"BMW is a car", "cars.txt", "text/plain", ""),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a.heic", "image/heic", ""),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avif", "a.avif", "image/avif", ""),
        (b"", "a", "application/octet-stream", ""),
        (b"x", "png", "application/octet-stream", ""),
    ],
)
def test_content_decides(data: bytes, name: str, kind: str, note: str) -> None:
    found = media.kind_of(data, name)
    assert (found.type, found.note) == (kind, note)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_shown(mode: str) -> None:
    image = opened(shrink(picture("PNG", (64, 64), mode), MOST))
    assert image.size == (64, 64)


@pytest.mark.parametrize("mode", ["CMYK", "LAB", "F", "I", "YCbCr"])
def test_odd_modes_of_tiff_and_jpeg_are_shown(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "TIFF"
    assert opened(shrink(picture(kind, (64, 64), mode), MOST)).mode == "RGB"


def test_16_bits_keep_their_light() -> None:
    image = Image.new("I;16", (32, 32), 32768)
    out = BytesIO()
    image.save(out, "PNG")
    assert abs(int(shrink(out.getvalue(), MOST).colour[1:3], 16) - 128) < 4


def test_transparency_stays() -> None:
    image = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 150, 300))
    out = BytesIO()
    image.save(out, "PNG")
    small = opened(shrink(out.getvalue(), MOST)).convert("RGBA")
    left, right = small.getpixel((20, 128)), small.getpixel((230, 128))
    assert isinstance(left, tuple) and isinstance(right, tuple)
    assert left[3] == 255
    assert right[3] == 0


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_camera_s_orientation_is_respected(turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    small = shrink(picture("JPEG", (400, 200), exif=exif), MOST)
    wide = turn <= 4
    assert (small.width, small.height) == ((400, 200) if wide else (200, 400))
    assert opened(small).size == ((256, 128) if wide else (128, 256))


def test_the_first_frame_of_an_animation_is_shown_and_marked() -> None:
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        out = BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
        small = shrink(out.getvalue(), MOST)
        assert small.marks == ("animated",)
        red, _, blue = opened(small).convert("RGB").getpixel((25, 25))  # type: ignore[misc]
        assert red > 200 > 50 > blue


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_truncated_picture_is_shown_as_far_as_it_goes(kind: str) -> None:
    data = Image.effect_noise((800, 800), 90)
    out = BytesIO()
    data.save(out, kind)
    whole = out.getvalue()
    assert shrink(whole, MOST).marks == ()
    assert shrink(whole[: len(whole) // 2], MOST).marks == ("truncated",)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow warns of what it then refuses
def test_rubbish_behind_a_signature_is_told() -> None:
    for head in (
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"II*\x00",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x00\x00\x00\x1cftypavif",
    ):
        with pytest.raises(NoPreview) as told:
            shrink(head + b"rubbish" * 50, MOST)
        assert told.value.code == "damaged"
    with pytest.raises(NoPreview) as told:
        shrink(b"no picture", MOST)
    assert told.value.code == "not-a-picture"


def bomb(side: int) -> bytes:
    """Return a PNG that claims side x side pixels: its header is right, its data would inflate for minutes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_a_bomb_is_measured_and_never_decoded() -> None:
    assert media.dimensions(bomb(50_000)) == (50_000, 50_000)
    with pytest.raises(NoPreview, match="50,000 x 50,000") as told:
        shrink(bomb(50_000), MOST)
    assert told.value.code == "too-many-pixels"
    with pytest.raises(NoPreview) as told:
        shrink(bomb(9_000), MOST)  # 81 million pixels are allowed, 324 MB of memory are not
    assert told.value.code == "too-heavy"


def gif_bomb() -> bytes:
    """Return a GIF whose frames are far larger than its header says."""
    frame = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 10, 10, 0x80, 0, 0) + bytes(6) + frame * 2 + b";"


def test_a_bomb_behind_a_small_header_is_no_failure() -> None:
    assert media.dimensions(gif_bomb()) in (None, (10, 10))
    with pytest.raises(NoPreview) as told:
        shrink(gif_bomb(), MOST)
    assert told.value.code == "too-many-pixels"


def test_the_pages_of_a_tiff_do_not_move() -> None:
    pages = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    out = BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    assert shrink(out.getvalue(), MOST).marks == ()


def test_a_large_jpeg_is_decoded_at_a_fraction() -> None:
    small = shrink(picture("JPEG", (8000, 6000)), MOST)
    assert (small.width, small.height) == (8000, 6000)
    assert max(opened(small).size) == SIDE


def test_a_colour_profile_is_followed() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert shrink(picture("JPEG", icc_profile=lab), MOST).colour == shrink(picture("JPEG"), MOST).colour
    assert shrink(picture("JPEG", icc_profile=b"no profile"), MOST).colour


def test_what_is_learnt_survives_as_metadata() -> None:
    small = shrink(picture("PNG", (400, 300)), MOST)
    facts = small.facts()
    assert all(value.isascii() for value in facts.values())
    assert Small.from_facts(small.body, facts) == small
    assert Small.from_facts(icon(), {"reason": "damaged"}).reason == "damaged"


def camera_picture() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Acme", "Acme One", "Firmware 2\x00junk"
    detail = exif.get_ifd(0x8769)
    detail[0x829A], detail[0x829D], detail[0x8827], detail[0x9003] = 0.008, 1.8, 200, "2024:05:17 18:03:22"
    detail[0xA434], detail[0x920A] = "Wide 24mm", 24.0
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4], gps[5], gps[6] = "S", (33.0, 51.0, 30.0), "E", (151.0, 12.0, 0.0), b"\x01", 12.5
    return picture("JPEG", exif=exif)


def test_the_camera_s_words_are_read_and_the_position_apart() -> None:
    with media.open_picture(camera_picture()) as image:
        found, place = read_exif(image), read_position(image)
    assert found is not None and place is not None
    assert found.rows() == [
        ("Camera", "Acme One"),
        ("Lens", "Wide 24mm"),
        ("Exposure", "1/125 s"),
        ("Aperture", "f/1.8"),
        ("ISO", "200"),
        ("Focal length", "24 mm"),
        ("Taken", "2024-05-17 18:03:22"),
        ("Software", "Firmware 2"),
    ]
    assert (place.latitude, place.longitude, place.altitude) == (-33.858333, 151.2, -12.5)


def test_broken_exif_data_is_no_failure() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x0132] = 77, "yesterday"
    exif.get_ifd(0x8825)[2] = (1.0, 2.0)
    with media.open_picture(picture("JPEG", exif=exif)) as image:
        found = read_exif(image)
        assert read_position(image) is None
    assert found is not None
    assert (found.orientation, found.taken) == (1, "yesterday")
