from django.db import migrations

from marketplace.calls.clauses.loading import load_clauses


def bring(apps, schema_editor):
    load_clauses(apps.get_model("clauses", "Clause"), apps.get_model("law", "Jurisdiction"))


class Migration(migrations.Migration):
    dependencies = [("clauses", "0001_clauses"), ("law", "0002_laws_to_begin_with")]
    # What staff made of them is not taken away again.
    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
