"""Pictures at the limit of what is taken, decoded within 200 MB; the process that asked for it hardly grows."""

import json
import resource
import subprocess
import sys

import pytest
from django.conf import settings
from PIL import Image

from marketplace.core.files import inspection, reencoding, vault
from tests.suppliers.files.samples import png_of

#: Name, format, millions of pixels, and how it is written; each just within the limit of its format.
LARGEST = {
    "JPEG": ("JPEG", (8_600, 5_800), {"quality": 60}),
    "progressive JPEG": ("JPEG", (6_200, 4_160), {"quality": 60, "progressive": True, "subsampling": 0}),
    "PNG": ("PNG", (6_700, 4_450), {"compress_level": 1}),
    "GIF": ("GIF", (6_700, 4_450), {}),
    "WebP": ("WEBP", (4_000, 2_620), {"method": 0, "quality": 40}),
    "HEIC": ("HEIF", (5_712, 4_284), {"quality": 40}),
    "AVIF": ("AVIF", (4_900, 3_670), {"speed": 10, "quality": 40}),
}


#: The peak of the process itself: what getrusage says begins with the peak of the process that started it.
MEASURED = """
import json, re, runpy, sys
told = runpy.run_path(sys.argv[1])["main"](*sys.argv[2:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps(told | {"megabytes": int(peak[1]) // 1024}))
"""
#: What the short run tries; the others only take longer.
BRIEF = {"JPEG", "PNG"}


@pytest.mark.parametrize("purpose", ["picture", "document"])
@pytest.mark.parametrize("name", LARGEST)
def test_a_picture_at_the_limit_is_decoded_within_200_megabytes(name, purpose, tmp_path, prove, proof):
    if not prove and name not in BRIEF:
        pytest.skip("in the long run only")
    kind, size, options = LARGEST[name]
    source = tmp_path / "picture"
    Image.linear_gradient("L").resize(size, Image.Resampling.NEAREST).convert("RGB").save(source, kind, **options)

    command = [sys.executable, "-c", MEASURED, reencoding.__file__, str(source), kind, purpose, str(tmp_path)]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    told = json.loads(done.stdout)

    proof.record(
        f"{name} at the limit of pixels, kept as a {purpose}",
        megabytes=told.get("megabytes"),
        width=size[0],
        height=size[1],
    )
    assert "refused" not in told, told
    assert told["megabytes"] <= 200


@pytest.mark.parametrize(
    ("kind", "size"), [("PNG", (6_000, 5_001)), ("JPEG", (10_000, 5_001)), ("GIF", (6_000, 5_001))]
)
def test_above_the_limit_nothing_is_decoded(kind, size, tmp_path):
    source = tmp_path / "picture"
    Image.new("L", size).save(source, kind)

    with pytest.raises(reencoding.TooLarge):
        reencoding.read(source, kind, 2_000)


def test_a_progressive_jpeg_has_a_limit_of_its_own(tmp_path):
    source = tmp_path / "picture"
    Image.new("L", (6_000, 5_000)).save(source, "JPEG", progressive=True)

    with pytest.raises(reencoding.TooLarge):
        reencoding.read(source, "JPEG", 2_000)


def test_the_process_that_takes_a_picture_hardly_grows(tmp_path):
    source = tmp_path / "picture.png"
    source.write_bytes(png_of(6_000, 5_000, rows=5_000))
    received = vault.Received(source, "picture.png", source.stat().st_size, "0" * 64)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with inspection.picture(received) as checked:
        assert (checked.width, checked.height) == (2_000, 1_667)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000
