from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_next_moments")]
    operations = [
        migrations.AddConstraint(
            model_name="savedsearch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("alert", "none"), ("next_at", None)),
                    models.Q(models.Q(("alert", "none"), _negated=True), ("next_at__isnull", False)),
                    _connector="OR",
                ),
                name="saved_search_with_mails_has_a_next_moment",
            ),
        ),
    ]
