"""Decodes a stranger's picture and encodes it anew, in a process of its own that runs this file alone.

Knows no Django. The process has hard limits, so that a picture made to break a decoder breaks only that process.
Nothing of the original but its pixels goes over: no metadata, no place, no thumbnail, no trailing bytes.
"""

import contextlib
import json
import resource
import sys
import warnings
from io import BytesIO
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()

MEGA = 1_000_000
#: Nothing larger is decoded, whatever the format.
MOST_PIXELS = 50 * MEGA
#: What each format's decoder may take, as measured, to stay within 200 MB; JPEG is decoded at a fraction of its size.
PIXELS = {
    "JPEG": 50 * MEGA,
    "PNG": 30 * MEGA,
    "GIF": 30 * MEGA,
    "HEIF": 25 * MEGA,
    "AVIF": 18 * MEGA,
    "WEBP": 10.5 * MEGA,
}
PIXELS_OF_A_PROGRESSIVE_JPEG = 26 * MEGA
#: Of private memory, and of time; far above what the limits of pixels allow.
MEMORY, SECONDS, FILE_SIZE = 600 * MEGA, 30, 40 * MEGA
SIDES = {"card": 160, "page": 960, "large": 2000}
#: An A4 page at 200 points an inch.
SIDE_OF_A_DOCUMENT = 2400
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_WRITTEN = {"WEBP": {"quality": 82, "method": 4}, "JPEG": {"quality": 88, "optimize": True}}


class TooLarge(Exception):
    """More pixels than we decode; the arguments are how many it has and how many there may be."""


def read(path, kind, side):
    """The picture of that format, upright, in sRGB and no larger than `side`, without anything else it carried."""
    with warnings.catch_warnings():
        # Pillow's own alarm is above our limit, which is asked before a pixel is decoded.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(path, formats=[kind])
    pixels, most = image.width * image.height, _most(image, kind)
    if pixels > most:
        raise TooLarge(pixels, most)
    if kind == "JPEG":
        # Each side is asked for by itself: a square would have the longer one decoded whole.
        share = min(1, side / max(image.size))
        image.draft(None, (int(image.width * share), int(image.height * share)))
    image.load()
    if image.mode in {"P", "1"} or image.mode.startswith(("I", "F")):
        image = _plain(image)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    ImageOps.exif_transpose(image, in_place=True)
    image = _in_srgb(image)
    image.info = {}
    return image


def _most(image, kind):
    if kind == "JPEG" and image.info.get("progressive"):
        return PIXELS_OF_A_PROGRESSIVE_JPEG
    return min(PIXELS[kind], MOST_PIXELS)


def _plain(image):
    """Palettes and deep greys as what can be made smaller without losing colours."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _in_srgb(image):
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if profile and image.mode in {"RGB", "RGBA", "CMYK", "L"}:
        # A broken profile is no reason to refuse the picture: it is then taken for sRGB.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(image, own, _SRGB, outputMode=mode)
    return image if image.mode == mode else image.convert(mode)


def write_sizes(image, folder):
    """One file per name of SIDES; returns the extent of the largest."""
    for name, side in SIDES.items():
        smaller = image.copy()
        smaller.thumbnail((side, side), Image.Resampling.LANCZOS)
        smaller.save(folder / f"{name}.webp", "WEBP", **_WRITTEN["WEBP"])
    return image.size


def write_document(image, folder):
    """A scan or a photograph of a paper, as JPEG, which opens everywhere."""
    paper = image
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
    paper.save(folder / "document.jpg", "JPEG", **_WRITTEN["JPEG"])
    return image.size


def limit():
    """From here on this process can take neither the machine's memory nor its time."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(source, kind, purpose, folder):
    """Says on the last line of its output what came of it, as JSON."""
    limit()
    side = SIDE_OF_A_DOCUMENT if purpose == "document" else SIDES["large"]
    try:
        image = read(source, kind, side)
        write = write_document if purpose == "document" else write_sizes
        width, height = write(image, Path(folder))
    except (TooLarge, Image.DecompressionBombError) as error:
        return {"refused": "too_large", "pixels": error.args[0] if isinstance(error, TooLarge) else None}
    except MemoryError:
        return {"refused": "too_large", "pixels": None}
    except Exception as error:  # decoders raise whatever they like at what is broken
        return {"refused": "broken", "error": type(error).__name__}
    return {"width": width, "height": height}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])) + "\n")
