import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_extensions"),
        ("suppliers", "0002_profile_widens"),
    ]

    operations = [
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_for_members", models.BooleanField()),
                ("token", models.IntegerField()),
                ("count", models.IntegerField()),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("is_for_members", "token"), name="directory_figure_once_per_token"),
                    models.CheckConstraint(condition=models.Q(("count__gte", 0)), name="directory_figure_is_a_count"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("word", models.CharField(db_collation="C", max_length=60, primary_key=True, serialize=False)),
                ("in_names", models.IntegerField()),
                ("profiles", models.IntegerField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("word"), "gin_trgm_ops"),
                        name="directory_word_trigrams",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("in_names__gte", 0), ("profiles__gte", 1)),
                        name="directory_word_stands_somewhere",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchRow",
            fields=[
                (
                    "supplier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_row",
                        serialize=False,
                        to="suppliers.supplier",
                    ),
                ),
                ("is_for_members", models.BooleanField()),
                ("is_stale", models.BooleanField()),
                ("bucket", models.SmallIntegerField()),
                ("confirmed", models.IntegerField()),
                ("plain_name", models.CharField(db_collation="C", max_length=60)),
                ("good_until", models.DateField()),
                ("codes", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("facets", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("tokens", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("text", django.contrib.postgres.search.SearchVectorField()),
                ("ballast", models.TextField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        models.F("text"), models.F("tokens"), gin_pending_list_limit=2048, name="directory_row_search"
                    ),
                    models.Index(fields=["confirmed", "supplier"], name="directory_row_by_confirmation"),
                    models.Index(fields=["plain_name", "supplier"], name="directory_row_by_name"),
                    models.Index(fields=["good_until"], name="directory_row_by_good_until"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("bucket__range", (0, 255))), name="directory_row_has_a_bucket"
                    )
                ],
            },
        ),
    ]
