import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_known_sources"),
    ]

    operations = [
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("pages", models.PositiveIntegerField(default=0)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("error", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "visit to a source",
                "verbose_name_plural": "visits to sources",
            },
        ),
        migrations.AddField(
            model_name="noticesource",
            name="address",
            field=models.CharField(
                blank=True,
                max_length=500,
                validators=[django.core.validators.URLValidator(schemes=["https"])],
                verbose_name="address to fetch from",
            ),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="asked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="cursor",
            field=models.CharField(blank=True, editable=False, max_length=2000),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="etag",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="every_minutes",
            field=models.PositiveIntegerField(default=60, verbose_name="minutes between two visits"),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="failures",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="visits in a row that failed"),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="fetched_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="whole until"),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="is_on",
            field=models.BooleanField(default=False, verbose_name="fetch on the clock"),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="is_paged",
            field=models.BooleanField(default=False, verbose_name="its pages name the next one"),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="last_error",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="last_modified",
            field=models.CharField(blank=True, editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="next_fetch_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="next visit"),
        ),
        migrations.AddField(
            model_name="noticesource",
            name="pages",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddIndex(
            model_name="noticesource",
            index=models.Index(models.F("next_fetch_at"), name="notice_source_to_be_fetched"),
        ),
        migrations.AddConstraint(
            model_name="noticesource",
            constraint=models.CheckConstraint(
                condition=models.Q(("address", ""), ("address__startswith", "https://"), _connector="OR"),
                name="notice_source_is_fetched_encrypted",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_on", False), ("next_fetch_at", None)),
                    models.Q(("address", ""), _negated=True),
                    _connector="OR",
                ),
                name="notice_source_is_fetched_from_somewhere",
                violation_error_message="Say from which address it is fetched.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesource",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_on", False), ("next_fetch_at__isnull", False), _connector="OR"),
                name="notice_source_that_is_on_has_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesource",
            constraint=models.CheckConstraint(
                condition=models.Q(("every_minutes__gte", 10), ("every_minutes__lte", 44640)),
                name="notice_source_is_visited_in_measure",
                violation_error_message="Between two visits there are ten minutes at least and a month at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cursor", ""), models.Q(("asked_at__isnull", False), ("is_paged", True)), _connector="OR"
                ),
                name="notice_source_goes_on_with_its_pages",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("failures", 0), ("last_error", [])),
                    models.Q(("failures__gt", 0), models.Q(("last_error", []), _negated=True)),
                    _connector="OR",
                ),
                name="notice_source_says_why_it_failed",
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="visits", to="notices.noticesource"
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="visit",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="runs",
                to="notices.visit",
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["source", "-began_at"], name="visit_of_a_source"),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("source",), name="visit_of_a_source_one_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(("error", []), ("ended_at__isnull", False), _connector="OR"),
                name="visit_that_failed_is_over",
            ),
        ),
    ]
