from django.db import migrations

from marketplace.calls.law.loading import load_laws

MODELS = ("Jurisdiction", "Threshold", "Reservation")


def bring(apps, schema_editor):
    load_laws(*(apps.get_model("law", name) for name in MODELS))


class Migration(migrations.Migration):
    dependencies = [("law", "0001_initial")]
    # What staff made of them is not taken away again.
    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
