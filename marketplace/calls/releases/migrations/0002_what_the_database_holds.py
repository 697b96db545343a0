"""A release is what was said: nobody rewrites or removes it, and it is never of a call for members alone.

See the same file of `calls`.
"""

from django.db import migrations

RELEASE = """
CREATE FUNCTION releases_release_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE call calls_call;
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM calls_refuse('release_is_never_changed'); END IF;
    SELECT * INTO call FROM calls_call WHERE id = NEW.call_id;
    IF call.audience <> 'everybody' OR call.announced_at IS NULL THEN
        PERFORM calls_refuse('release_is_of_a_call_that_everybody_sees');
    END IF;
    IF EXISTS (SELECT FROM releases_release WHERE call_id = NEW.call_id AND ocid <> NEW.ocid) THEN
        PERFORM calls_refuse('release_keeps_the_ocid_of_its_call');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER release_holds BEFORE INSERT OR UPDATE OR DELETE ON releases_release
    FOR EACH ROW EXECUTE FUNCTION releases_release_holds();
"""


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_releases"), ("calls", "0002_what_the_database_holds")]
    operations = [
        migrations.RunSQL(
            RELEASE, "DROP TRIGGER release_holds ON releases_release; DROP FUNCTION releases_release_holds;"
        )
    ]
