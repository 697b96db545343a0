"""The pictures and papers of the demo, drawn and written here: the same for the same name, and nobody's but ours."""

import io
from random import Random

from PIL import Image, ImageDraw, ImageFont

from marketplace.core.mosaic import DARK, LIGHT

#: Drawn large and made smaller, so that edges are smooth.
DRAWN, SHOWN = (2400, 1600), (960, 640)
NIGHT, SKY, STREET, LAMP, WALL = "#1d2233", "#f3e3c3", "#5b5f6b", "#e0a526", "#d9cfc0"
ROOFS = [hue for hue in LIGHT if hue != SKY]


def logo(name: str) -> bytes:
    """A tile in one of the house's hues, with the name's first letter."""
    random, side = Random(name), 480
    image = Image.new("RGB", (side, side), random.choice(LIGHT))
    draw = ImageDraw.Draw(image)
    ink = random.choice(DARK)
    draw.ellipse((40, 40, side - 40, side - 40), fill=ink)
    letter = name[:1].upper()
    font = ImageFont.load_default(size=260)
    left, top, right, bottom = draw.textbbox((0, 0), letter, font=font)
    draw.text(((side - left - right) / 2, (side - top - bottom) / 2), letter, font=font, fill="white")
    return _png(image)


def building(name: str) -> bytes:
    """An office building in the evening, some windows lit."""
    random, (image, draw) = Random(f"{name}:building"), _canvas(NIGHT)
    draw.rectangle((0, 1380, 2400, 1600), fill=STREET)
    draw.rectangle((420, 220, 1980, 1380), fill=random.choice(DARK))
    for row in range(6):
        for column in range(9):
            x, y = 500 + column * 160, 290 + row * 165
            draw.rectangle((x, y, x + 110, y + 115), fill=LAMP if random.random() < 0.35 else "#3a4260")
    draw.rectangle((1120, 1260, 1280, 1380), fill=LAMP)
    return _png(_smaller(image))


def van(name: str) -> bytes:
    """A van in front of a row of houses by day."""
    random, (image, draw) = Random(f"{name}:van"), _canvas(SKY)
    for number in range(5):
        left, height = number * 480, random.randint(420, 620)
        draw.rectangle((left, 1200 - height, left + 472, 1200), fill=WALL)
        roof = [(left, 1200 - height), (left + 236, 1030 - height), (left + 472, 1200 - height)]
        draw.polygon(roof, fill=random.choice(ROOFS))
        draw.rectangle((left + 180, 980, left + 292, 1200), fill=random.choice(DARK))
    draw.rectangle((0, 1200, 2400, 1600), fill=STREET)
    hue = random.choice(DARK)
    draw.rounded_rectangle((620, 820, 1500, 1290), radius=40, fill=hue)
    draw.polygon([(1480, 880), (1680, 880), (1800, 1060), (1800, 1290), (1480, 1290)], fill=hue)
    draw.polygon([(1540, 920), (1660, 920), (1740, 1050), (1540, 1050)], fill=SKY)
    for middle in (820, 1600):
        draw.ellipse((middle - 100, 1190, middle + 100, 1390), fill=NIGHT)
        draw.ellipse((middle - 45, 1245, middle + 45, 1335), fill=WALL)
    return _png(_smaller(image))


def _canvas(ground):
    image = Image.new("RGB", DRAWN, ground)
    return image, ImageDraw.Draw(image)


def _smaller(image):
    return image.resize(SHOWN, Image.Resampling.BOX)


def _png(image):
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def paper(heading: str, *lines: str) -> bytes:
    """A PDF of one page; letters beyond Latin-1 become question marks, as its font has none."""
    said = [f"BT /F1 22 Tf 70 740 Td ({_escaped(heading)}) Tj ET"]
    said += [f"BT /F1 12 Tf 70 {690 - 22 * row} Td ({_escaped(line)}) Tj ET" for row, line in enumerate(lines)]
    content = "\n".join(said).encode("latin-1", "replace")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    text, starts = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % start for start in starts)
    return text + table + b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(text)


def _escaped(words):
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").replace("’", "'")
