"""The sources that every installation begins with; staff change what stands here. Their terms are to be read again
by staff before their data is handed on: only what a licence allows is."""

from django.db import migrations

OPEN_GOVERNMENT = {
    "licence": "Open Government Licence v3.0",
    "licence_url": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
SOURCES = [
    # Whatever staff bring as files without saying more.
    {"key": "files", "name": "Public notices"},
    {
        "key": "find-a-tender",
        "name": "Find a Tender",
        "website": "https://www.find-tender.service.gov.uk",
        "official_pattern": "https://www.find-tender.service.gov.uk/Notice/{identifier}",
        **OPEN_GOVERNMENT,
    },
    {
        "key": "contracts-finder",
        "name": "Contracts Finder",
        "website": "https://www.contractsfinder.service.gov.uk",
        **OPEN_GOVERNMENT,
    },
    {
        "key": "ted",
        "name": "Tenders Electronic Daily (TED)",
        "website": "https://ted.europa.eu",
        "licence": "Commission Decision 2011/833/EU on the reuse of documents",
        "licence_url": "https://eur-lex.europa.eu/eli/dec/2011/833/oj",
    },
]


def add(apps, schema_editor):
    for source in SOURCES:
        apps.get_model("notices", "NoticeSource").objects.get_or_create(key=source["key"], defaults=source)


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_notices")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
