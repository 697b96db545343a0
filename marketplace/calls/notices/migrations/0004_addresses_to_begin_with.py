"""Where two of the known sources publish, by their documentation; nothing is fetched until staff switch a source on.

Of TED there is none: its search is asked by POST, and its packages of a day are tar archives with a running number.
"""

from django.db import migrations

PRESETS = {
    # Parameters updatedFrom, limit and cursor; links.next leads on.
    "find-a-tender": (
        "https://www.find-tender.service.gov.uk/api/1.0/ocdsReleasePackages"
        "?stages=planning,tender&limit=100&updatedFrom={since}"
    ),
    # Parameters publishedFrom, limit and cursor; links.next leads on.
    "contracts-finder": (
        "https://www.contractsfinder.service.gov.uk/Published/Notices/OCDS/Search"
        "?stages=planning,tender&limit=100&publishedFrom={since}"
    ),
}


def add(apps, schema_editor):
    for key, address in PRESETS.items():
        sources = apps.get_model("notices", "NoticeSource").objects.filter(key=key, address="")
        sources.update(address=address, is_paged=True, every_minutes=120)


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_sources_are_visited")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
