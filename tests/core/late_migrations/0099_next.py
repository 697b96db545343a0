"""A migration that no database has had yet."""

from django.db import migrations


class Migration(migrations.Migration):
    operations = []
