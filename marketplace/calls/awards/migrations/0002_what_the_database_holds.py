"""A decision follows the deadline and the opening, and stays as it was told; see the same file of `calls`."""

from django.db import migrations

AWARD = """
CREATE FUNCTION awards_award_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lot calls_lot; call calls_call;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.lot_id, NEW.name, NEW.response_id, NEW.value, NEW.words, NEW.decided_on, NEW.standstill_until)
            IS DISTINCT FROM
            (OLD.lot_id, OLD.name, OLD.response_id, OLD.value, OLD.words, OLD.decided_on, OLD.standstill_until) THEN
            PERFORM calls_refuse('award_is_never_changed');
        END IF;
        RETURN NEW;
    END IF;
    SELECT * INTO lot FROM calls_lot WHERE id = NEW.lot_id;
    SELECT * INTO call FROM calls_call WHERE id = lot.call_id;
    IF lot.cancelled_at IS NOT NULL OR lot.unsuccessful_at IS NOT NULL
        OR call.withdrawn_at IS NOT NULL OR call.cancelled_at IS NOT NULL THEN
        PERFORM calls_refuse('award_is_of_a_lot_that_stands');
    END IF;
    IF call.publish_at IS NULL OR NEW.recorded_at < call.response_deadline THEN
        PERFORM calls_refuse('award_comes_after_the_deadline');
    END IF;
    IF (call.route = 'here') <> (NEW.response_id IS NOT NULL) OR (NEW.response_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM responses_response WHERE id = NEW.response_id AND lot_id = NEW.lot_id
            AND supplier_id = NEW.supplier_id AND call.opened_at IS NOT NULL
    )) THEN
        PERFORM calls_refuse('award_is_for_an_opened_response_to_its_lot');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER award_holds BEFORE INSERT OR UPDATE ON awards_award
    FOR EACH ROW EXECUTE FUNCTION awards_award_holds();

CREATE FUNCTION awards_feedback_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_opened boolean; is_decided boolean;
BEGIN
    SELECT calls_call.opened_at IS NOT NULL, calls_lot.awarded_at IS NOT NULL OR calls_lot.unsuccessful_at IS NOT NULL
        INTO is_opened, is_decided FROM responses_response
        JOIN calls_lot ON calls_lot.id = responses_response.lot_id JOIN calls_call ON calls_call.id = calls_lot.call_id
        WHERE responses_response.id = NEW.response_id;
    IF NOT is_opened THEN PERFORM calls_refuse('feedback_is_for_an_opened_response'); END IF;
    IF TG_OP = 'UPDATE' AND is_decided
        AND (NEW.response_id, NEW.words) IS DISTINCT FROM (OLD.response_id, OLD.words) THEN
        PERFORM calls_refuse('feedback_stays_as_it_was_sent');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER feedback_holds BEFORE INSERT OR UPDATE ON awards_feedback
    FOR EACH ROW EXECUTE FUNCTION awards_feedback_holds();
"""
NO_AWARD = """
DROP TRIGGER award_holds ON awards_award; DROP TRIGGER feedback_holds ON awards_feedback;
DROP FUNCTION awards_award_holds, awards_feedback_holds;
"""


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_awards"), ("responses", "0002_what_the_database_holds")]
    operations = [migrations.RunSQL(AWARD, NO_AWARD)]
