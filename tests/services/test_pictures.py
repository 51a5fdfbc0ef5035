"""A stranger's picture becomes a small one that says nothing but what is seen; whatever else it holds ends in a child process."""

import io
import random  # noqa: TID251  noise is no secret
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from governance.errors import MalformedError, RuleError
from governance.services import pictures, shrinking
from tests.services.booklets import a_face, file_of

GPS = {1: "S", 2: (1.0, 17.0, 31.0), 3: "E", 4: (36.0, 49.0, 0.0)}


def seen(data: bytes) -> Image.Image:
    made = pictures.encode(data)
    shown = Image.open(io.BytesIO(made.jpeg))
    shown.load()
    assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (made.width, made.height))
    assert len(made.jpeg) <= shrinking.SMALL
    return shown


def near(pixel: object, wanted: tuple[int, int, int], by: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= by for one, other in zip(pixel, wanted, strict=True))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width: int, height: int, *, more: bytes = b"", pixels: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = zlib.compress(pixels or b"\0" * 1000, 9)
    return b"\x89PNG\r\n\x1a\n" + head + more + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# ---- what becomes of a picture ---------------------------------------------------------------------------------------


def test_nothing_but_what_is_seen_is_kept() -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x8825] = "Fairphone 5", GPS
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = file_of(a_face((1600, 2000)), exif=exif, comment=b"taken at home", icc_profile=profile, xmp=b"<x>secret</x>")
    assert all(one in sent for one in (b"Fairphone", b"taken at home", b"secret", b"ICC_PROFILE"))

    made = pictures.encode(sent)

    shown = Image.open(io.BytesIO(made.jpeg))
    assert dict(shown.getexif()) == {}
    assert {"exif", "comment", "icc_profile", "xmp"} & shown.info.keys() == set()
    assert not any(one in made.jpeg for one in (b"Exif", b"Fairphone", b"taken at home", b"secret", b"ICC_PROFILE"))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_nothing_but_what_is_seen_is_kept_of_other_formats(form: str) -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x8825] = "Fairphone 5", GPS
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "taken at home")
    sent = file_of(a_face(), form, exif=exif, **({"pnginfo": text} if form == "PNG" else {"xmp": b"taken at home"}))
    assert all(one in sent for one in (b"Fairphone", b"taken at home"))

    made = pictures.encode(sent)

    assert not any(one in made.jpeg for one in (b"Exif", b"Fairphone", b"taken at home"))


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_photo_stands_upright(turn: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    face, exif = a_face((800, 1000)), Image.Exif()
    exif[0x0112] = turn
    stored = face.transpose(undo[turn]) if turn in undo else face

    shown = seen(file_of(stored, exif=exif, quality=95))

    assert shown.size == (480, 600)
    assert near(shown.getpixel((20, 20)), (0, 0, 0))
    assert all(near(shown.getpixel(at), (255, 255, 255)) for at in ((460, 20), (20, 580), (460, 580)))


def test_exif_that_cannot_be_read_turns_nothing() -> None:
    shown = seen(file_of(a_face(), exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + b"\x12\x01" * 50))

    assert near(shown.getpixel((20, 20)), (0, 0, 0))


@pytest.mark.parametrize(
    ("image", "form", "pixel"),
    [
        pytest.param(lambda: a_face().convert("CMYK"), "JPEG", (0, 128, 128), id="CMYK"),
        pytest.param(lambda: a_face().convert("L"), "JPEG", (90, 90, 90), id="grey"),
        pytest.param(lambda: a_face().quantize(16), "PNG", (0, 128, 128), id="palette"),
        pytest.param(lambda: a_face().convert("1"), "PNG", (90, 90, 90), id="bits"),
        pytest.param(lambda: Image.new("I;16", (700, 700), 90 << 8), "PNG", (90, 90, 90), id="16 bits"),
        pytest.param(lambda: Image.new("RGBA", (700, 700), (0, 128, 128, 255)), "WEBP", (0, 128, 128), id="WebP"),
        pytest.param(lambda: Image.new("RGBA", (700, 700), (0, 0, 0, 0)), "PNG", (255, 255, 255), id="see-through"),
        pytest.param(lambda: Image.new("RGBA", (700, 700), (0, 0, 0, 128)), "WEBP", (127, 127, 127), id="half"),
        pytest.param(lambda: Image.new("LA", (700, 700), (0, 128)), "PNG", (127, 127, 127), id="grey half"),
    ],
)
def test_every_kind_of_pixel_is_shown_on_white(
    image: Callable[[], Image.Image], form: str, pixel: tuple[int, int, int]
) -> None:
    shown = seen(file_of(image(), form))

    middle = shown.resize((1, 1), box=(200, 200, 280, 280)).getpixel((0, 0))
    assert near(middle, pixel)


def test_a_palette_with_a_see_through_colour() -> None:
    image = Image.new("P", (300, 300), 0)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(1, (150, 0, 300, 300))

    shown = seen(file_of(image, "PNG", transparency=0))

    assert near(shown.getpixel((40, 150)), (255, 255, 255))
    assert near(shown.getpixel((260, 150)), (0, 0, 255), by=20)


def test_other_colours_than_a_screens_are_changed_into_them() -> None:
    """The profile is swapped for one that exchanges red and blue, as no screen does."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    at = {tag: profile.index(tag, 128, 700) for tag in (b"rXYZ", b"bXYZ")}
    swapped = bytearray(profile)
    swapped[at[b"rXYZ"] : at[b"rXYZ"] + 4], swapped[at[b"bXYZ"] : at[b"bXYZ"] + 4] = b"bXYZ", b"rXYZ"
    red = Image.new("RGB", (300, 300), "red")

    assert near(seen(file_of(red, "PNG")).getpixel((9, 9)), (255, 0, 0))
    assert near(seen(file_of(red, "PNG", icc_profile=bytes(swapped))).getpixel((9, 9)), (0, 0, 255), by=20)
    assert near(seen(file_of(red, "PNG", icc_profile=b"no profile")).getpixel((9, 9)), (255, 0, 0))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_what_moves_the_first_picture_is_taken(form: str) -> None:
    sent = file_of(
        Image.new("RGB", (300, 300), "red"),
        form,
        save_all=True,
        append_images=[Image.new("RGB", (300, 300), "blue")] * 9,
    )

    assert near(seen(sent).getpixel((9, 9)), (255, 0, 0))


@pytest.mark.parametrize(
    ("size", "shown"), [((4000, 3000), (480, 360)), ((300, 200), (300, 200)), ((1, 1), (1, 1)), ((9000, 3), (480, 1))]
)
def test_it_fits_and_is_never_made_larger(size: tuple[int, int], shown: tuple[int, int]) -> None:
    assert seen(file_of(Image.new("RGB", size, "teal"))).size == shown


def test_even_noise_becomes_small_enough_and_the_same_file_the_same_photo() -> None:
    noise = Image.frombytes("RGB", (800, 1000), random.Random(1).randbytes(800 * 1000 * 3))  # noqa: S311
    sent = file_of(noise, "PNG")

    first, second = pictures.encode(sent), pictures.encode(sent)

    assert 10_000 < len(first.jpeg) <= shrinking.SMALL
    assert first == second
    assert first.digest == second.digest
    assert first.digest != pictures.encode(file_of(a_face())).digest


# ---- what is refused -------------------------------------------------------------------------------------------------

GIF = file_of(Image.new("RGB", (9, 9)), "GIF")
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xd8\xff", id="a beginning"),
        pytest.param(GIF, id="GIF"),
        pytest.param(SVG, id="SVG"),
        pytest.param(HTML, id="HTML"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", id="PostScript"),
        pytest.param(file_of(Image.new("RGB", (9, 9)), "TIFF"), id="TIFF"),
        pytest.param(file_of(Image.new("RGB", (9, 9)), "BMP"), id="BMP"),
        pytest.param(file_of(Image.new("RGB", (9, 9)), "ICO"), id="ICO"),
    ],
)
def test_what_is_no_photo_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(MalformedError, match=r"cannot be read as a photo\. Please take a JPEG, PNG or WebP"):
        pictures.encode(data)


@pytest.mark.parametrize("form", shrinking.FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_half_a_file_is_refused(form: str, part: float) -> None:
    noise = Image.frombytes("RGB", (300, 300), random.Random(1).randbytes(270_000))  # noqa: S311
    sent = file_of(noise, form)

    with pytest.raises(MalformedError, match=r"damaged|cannot be read"):
        pictures.encode(sent[: int(len(sent) * part)])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(lambda: b"\xff\xd8\xff" + bytes(pictures.MOST), "too large", id="bytes"),
        pytest.param(lambda: a_png(8001, 5000), "too large", id="pixels"),
        pytest.param(lambda: a_png(50_000, 50_000), "too large", id="2.5 gigapixels"),
        pytest.param(lambda: a_png(2**31 - 1, 2**31 - 1), "too large", id="all there can be"),
        pytest.param(
            lambda: a_png(9_000, 6_000, pixels=(b"\0" * 27_001) * 6_000), "too large", id="a bomb that is all there"
        ),
        pytest.param(
            lambda: a_png(9, 9, more=chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(100_000_000), 9))),
            "damaged",
            id="text that swells",
        ),
        pytest.param(
            lambda: a_png(9, 9, more=chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(100_000_000), 9))),
            "damaged",
            id="profile that swells",
        ),
        pytest.param(lambda: a_webp_head(16_383, 16_383), "too large|damaged|cannot be read", id="WebP"),
    ],
)
def test_bombs_are_refused_at_once(data: Callable[[], bytes], why: str) -> None:
    sent = data()
    began = time.monotonic()

    with pytest.raises(MalformedError, match=why):
        pictures.encode(sent)

    assert time.monotonic() - began < 10  # a busy machine; measured: 0.2


def a_webp_head(width: int, height: int) -> bytes:
    """A file of one chunk that promises a large canvas, and has nothing on it."""
    canvas = (
        b"VP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    body = b"WEBP" + canvas + file_of(Image.new("RGB", (9, 9)), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_picture_in_forty_thousand_layers_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each layer of a progressive JPEG goes over the whole picture, and costs the sender fourteen bytes."""
    whole = file_of(Image.new("RGB", (6000, 6000), "teal"), progressive=True, quality=20)
    last = whole.rindex(b"\xff\xda")
    sent = whole[:-2] + (whole[last : last + 12] + b"\0\0") * 400_000 + b"\xff\xd9"
    monkeypatch.setattr(pictures, "PATIENCE", 1)
    began = time.monotonic()

    with pytest.raises(MalformedError, match="takes too long"):
        pictures.encode(sent)

    assert time.monotonic() - began < 10
    assert seen(file_of(a_face())).size == (480, 600)  # and the next one is served


def test_who_comes_while_others_wait_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PATIENCE", 0.1)

    with pictures.turn, pytest.raises(RuleError, match="try again in a minute"):
        pictures.encode(file_of(a_face()))


def test_a_file_that_is_two_things_becomes_one() -> None:
    sent = file_of(a_face(), comment=b"<script>alert(1)</script>") + HTML + b"PK\x03\x04"

    made = pictures.encode(sent)

    assert made.jpeg.startswith(b"\xff\xd8\xff")
    assert made.jpeg.endswith(b"\xff\xd9")
    assert b"script" not in made.jpeg
    assert b"PK" not in made.jpeg


@pytest.mark.parametrize(
    "answer",
    [
        HTML,
        struct.pack(">HH", 480, 600) + HTML,
        struct.pack(">HH", 481, 600) + b"\xff\xd8\xff",
        struct.pack(">HH", 0, 600) + b"\xff\xd8\xff",
        struct.pack(">HH", 9, 9) + b"\xff\xd8\xff" + bytes(shrinking.SMALL),
        b"",
    ],
    ids=["no photo", "a page", "too wide", "nothing wide", "too many bytes", "nothing"],
)
def test_what_the_child_says_is_not_believed(answer: bytes) -> None:
    with pytest.raises(MalformedError):
        pictures.checked(answer)


# ---- the child -------------------------------------------------------------------------------------------------------

TRIES = """
import socket, sys
from governance.services import shrinking
shrinking.confine()
shrinking.shut()
for attempt in (lambda: open("/etc/passwd"), lambda: open("/tmp/x", "w"), socket.socket, lambda: bytearray(2 * 2**30)):
    try:
        attempt()
    except (OSError, MemoryError) as error:
        print(type(error).__name__)
    else:
        print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory differ")
def test_the_child_can_open_nothing_and_has_so_much_memory() -> None:
    command = [sys.executable, "-I", "-c", TRIES]

    told = subprocess.run(command, check=True, capture_output=True, text=True, env={}).stdout

    assert told.split() == ["OSError", "OSError", "OSError", "MemoryError"]


def test_the_child_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the parent gives it: no variable, no folder, the bytes alone."""
    monkeypatch.setenv("GOVERNANCE_MAIL_URL", "smtp://user:password@host")
    given: list[dict[str, object]] = []
    run = subprocess.run

    def watched(*args: object, **options: object) -> object:
        given.append(options)
        return run(*args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", watched)

    pictures.encode(file_of(a_face()))

    assert [(one["env"], one["cwd"]) for one in given] == [({}, "/")]
