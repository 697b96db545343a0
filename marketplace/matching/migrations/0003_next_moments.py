from django.db import migrations

# In the morning of the owner's own next day, or next Monday; the zone database drops names now and then.
NEXT = """
UPDATE matching_savedsearch AS search SET next_at = (
    (now() AT TIME ZONE zone)::date + 7 + interval '7 hours'
    - CASE search.alert WHEN 'weekly' THEN interval '1 day' * (extract(isodow FROM now() AT TIME ZONE zone) - 1)
        ELSE interval '6 days' END
) AT TIME ZONE zone
FROM (
    SELECT owner.id, coalesce(known.name, 'UTC') AS zone
    FROM accounts_user AS owner LEFT JOIN pg_timezone_names AS known ON known.name = owner.time_zone
) AS place
WHERE place.id = search.owner_id AND search.alert <> 'none'
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_kinds_and_rhythms")]
    operations = [migrations.RunSQL(NEXT, migrations.RunSQL.noop)]
