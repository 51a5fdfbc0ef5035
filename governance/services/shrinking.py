"""The program that decodes a stranger's picture, in a process of its own (`pictures`): bytes in, bytes out.

It gives up memory, time, files, connections and other processes before it looks at the first byte.
"""

import io
import os
import struct
import sys
import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.Image import Resampling, Transpose

PIXELS: Final = 40_000_000
WIDTH: Final = 480
HEIGHT: Final = 600
"""A photo fits within these."""
SMALL: Final = 40_000
"""Bytes that it has at most."""
FORMATS: Final = ("JPEG", "PNG", "WEBP")
MEMORY: Final = 1024 * 2**20
"""Bytes of address space."""
SECONDS: Final = 10
"""Of the processor."""
UNREADABLE, LARGE, DAMAGED = 10, 11, 12
"""Statuses with which it ends."""
HEAD: Final = ">HH"
"""Width and height, before the JPEG."""

_QUALITIES = (85, 75, 65, 55, 45, 35)
_SMALLER = 0.8
_ORIENTATION, _ON_ITS_SIDE = 0x0112, 5
"""The tag; from this value on, width and height are exchanged."""
_TURN: Mapping[int, Transpose] = MappingProxyType(
    {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
)


def main() -> int:
    """Read a picture; write its width, its height and the JPEG."""
    confine()
    shut()
    data = sys.stdin.buffer.read()
    try:
        jpeg, size = pack(shrink(data))
    except UnidentifiedImageError:
        return UNREADABLE
    except (Image.DecompressionBombError, MemoryError):
        return LARGE
    except Exception:  # noqa: BLE001  whatever a decoder raises, the file is at fault
        return DAMAGED
    sys.stdout.buffer.write(struct.pack(HEAD, *size) + jpeg)
    return 0


def confine() -> None:
    """So much memory and time, and no more; if the machine runs out of memory, this process is the one that goes."""
    import resource  # noqa: PLC0415  Windows has none, and so takes no photos

    if sys.platform == "linux":
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123  no more modules than needed
            file.write("1000")
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def shut() -> None:
    """Nothing can be opened or begun from here on; what Pillow would load late is loaded before."""
    import resource  # noqa: PLC0415

    from PIL import MpoImagePlugin, WebPImagePlugin  # noqa: F401, PLC0415

    Image.preinit()
    warnings.simplefilter("ignore")
    ImageCms.createProfile("sRGB")
    for what in (resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
        resource.setrlimit(what, (0, 0))


# ---- the picture -----------------------------------------------------------------------------------------------------


def shrink(data: bytes) -> Image.Image:
    """The picture, upright, in sRGB on white, within WIDTH and HEIGHT, with nothing beside its pixels.

    Raises:
        PIL.UnidentifiedImageError: It is of no format that we take.
        PIL.Image.DecompressionBombError: It has more than PIXELS.
        Exception: Whatever a decoder raises at a damaged file.
    """
    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # twice that raises an error, before anything is decoded
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        profile = image.info.get("icc_profile")
        image.draft(None, (2 * HEIGHT, 2 * HEIGHT))  # a JPEG is decoded no larger than is needed
        image.load()
        turned = _orientation(image)
        box = (HEIGHT, WIDTH) if turned >= _ON_ITS_SIDE else (WIDTH, HEIGHT)
        small = _deep(image)
        small.thumbnail(box, Resampling.LANCZOS, reducing_gap=3.0)
    plain = _in_srgb(_on_white(small), profile)
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    return clean.transpose(_TURN[turned]) if turned in _TURN else clean


def _orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  EXIF that cannot be read turns nothing
        return 1
    return found if found in _TURN else 1


def _deep(image: Image.Image) -> Image.Image:
    """The picture in a mode in which it can be made smaller: no palette, no single bits, no packed ones."""
    if image.mode.startswith("I;"):
        return image.convert("I")
    if image.mode in ("P", "PA") or "transparency" in image.info:
        return image.convert("RGBA" if image.mode == "PA" or "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def _on_white(image: Image.Image) -> Image.Image:
    """Without transparency, and with eight bits of each colour."""
    if image.mode == "I":
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode not in ("LA", "RGBA"):
        return image
    plain = Image.new(image.mode[:-1], image.size, "white")
    plain.paste(image.convert(plain.mode), mask=image.getchannel("A"))
    return plain


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In the colours that every screen shows; a profile that cannot be read is passed over."""
    if profile and image.mode in ("L", "RGB", "CMYK"):
        try:
            found = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except ImageCms.PyCMSError:
            found = None
        if found is not None:
            return found
    return image.convert("RGB")


def pack(image: Image.Image) -> tuple[bytes, tuple[int, int]]:
    """The picture as a JPEG of at most SMALL bytes, and its size; the same picture gives the same bytes."""
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            image.save(file, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0")
            if file.tell() <= SMALL:
                return file.getvalue(), image.size
        width, height = (max(1, int(edge * _SMALLER)) for edge in image.size)
        image = image.resize((width, height), Resampling.LANCZOS)


if __name__ == "__main__":
    sys.exit(main())
