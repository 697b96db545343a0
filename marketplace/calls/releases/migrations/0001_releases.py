import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("calls", "0002_what_the_database_holds")]

    operations = [
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("ocid", models.CharField(max_length=120)),
                ("identifier", models.CharField(max_length=140, unique=True)),
                ("tag", models.CharField(max_length=30)),
                ("released_at", models.DateTimeField()),
                ("amendment_number", models.PositiveSmallIntegerField(default=0)),
                ("content", models.TextField()),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="calls.call"
                    ),
                ),
            ],
            options={
                "verbose_name": "release",
                "verbose_name_plural": "releases",
                "ordering": ["released_at", "pk"],
                "indexes": [
                    models.Index(fields=["released_at", "id"], name="release_in_order"),
                    models.Index(fields=["ocid", "number"], name="release_of_a_process"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "number"), name="release_number_once_per_call"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="release_number_begins_at_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ocid", ""), _negated=True),
                            models.Q(("identifier", ""), _negated=True),
                            models.Q(("tag", ""), _negated=True),
                            models.Q(("content", ""), _negated=True),
                        ),
                        name="release_says_something",
                    ),
                ],
            },
        ),
    ]
