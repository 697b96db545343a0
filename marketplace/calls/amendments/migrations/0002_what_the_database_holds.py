"""An amendment is a record: nobody rewrites it."""

from django.db import migrations

AMENDMENT = """
CREATE FUNCTION amendments_amendment_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.call_id, NEW.number, NEW.amended_at, NEW.is_material, NEW.changes, NEW.words)
        IS DISTINCT FROM (OLD.call_id, OLD.number, OLD.amended_at, OLD.is_material, OLD.changes, OLD.words) THEN
        PERFORM calls_refuse('amendment_is_never_changed');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER amendment_holds BEFORE UPDATE ON amendments_amendment
    FOR EACH ROW EXECUTE FUNCTION amendments_amendment_holds();
"""


class Migration(migrations.Migration):
    dependencies = [("amendments", "0001_amendments"), ("calls", "0002_what_the_database_holds")]
    operations = [
        migrations.RunSQL(
            AMENDMENT, "DROP TRIGGER amendment_holds ON amendments_amendment; DROP FUNCTION amendments_amendment_holds;"
        )
    ]
