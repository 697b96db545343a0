"""Sentences about a call that speak of several rows, or of a row before and after: held by triggers.

A breach raises check_violation under the name of its sentence, as a constraint of the table itself would.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION calls_refuse(sentence text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', replace(sentence, '_', ' ') USING ERRCODE = 'check_violation', CONSTRAINT = sentence;
END $$;
"""
#: An instant, its day, its time of day and the zone are all there and say the same, or none of the three is there.
MOMENTS = """
ALTER TABLE calls_call
    ADD CONSTRAINT call_response_deadline_is_one_moment CHECK (
        num_nonnulls(response_deadline, response_due_on, response_due_time) = 0
        OR CASE WHEN zone <> '' AND num_nonnulls(response_deadline, response_due_on, response_due_time) = 3
            THEN timezone(zone, response_deadline) = response_due_on + response_due_time ELSE false END),
    ADD CONSTRAINT call_question_deadline_is_one_moment CHECK (
        num_nonnulls(question_deadline, question_due_on, question_due_time) = 0
        OR CASE WHEN zone <> '' AND num_nonnulls(question_deadline, question_due_on, question_due_time) = 3
            THEN timezone(zone, question_deadline) = question_due_on + question_due_time ELSE false END);
"""
NO_MOMENTS = """
ALTER TABLE calls_call
    DROP CONSTRAINT call_response_deadline_is_one_moment, DROP CONSTRAINT call_question_deadline_is_one_moment;
"""
CALL = """
CREATE FUNCTION calls_call_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.buyer_kind IS DISTINCT FROM (SELECT kind FROM buyers_buyer WHERE id = NEW.buyer_id) THEN
        PERFORM calls_refuse('call_knows_the_kind_of_its_buyer');
    END IF;
    IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;
    IF NEW.jurisdiction_id IS DISTINCT FROM OLD.jurisdiction_id AND EXISTS (
        SELECT FROM calls_lot JOIN law_reservation ON law_reservation.id = calls_lot.reservation_id
        WHERE calls_lot.call_id = NEW.id AND law_reservation.jurisdiction_id IS DISTINCT FROM NEW.jurisdiction_id
    ) THEN
        PERFORM calls_refuse('lot_is_reserved_under_the_law_of_its_call');
    END IF;
    IF OLD.publish_at IS NOT NULL AND NEW.publish_at IS NOT NULL THEN
        IF NEW.response_deadline IS NULL OR NEW.response_deadline < OLD.response_deadline THEN
            PERFORM calls_refuse('call_deadline_never_moves_earlier');
        END IF;
        IF OLD.question_deadline IS NOT NULL
            AND (NEW.question_deadline IS NULL OR NEW.question_deadline < OLD.question_deadline) THEN
            PERFORM calls_refuse('call_question_deadline_never_moves_earlier');
        END IF;
    END IF;
    IF OLD.announced_at IS NOT NULL AND (
        NEW.publish_at IS DISTINCT FROM OLD.publish_at OR NEW.announced_at IS DISTINCT FROM OLD.announced_at
    ) THEN
        PERFORM calls_refuse('call_stays_published');
    END IF;
    IF OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at THEN
        PERFORM calls_refuse('call_is_opened_once');
    END IF;
    IF OLD.opened_at IS NOT NULL AND NEW.response_deadline IS DISTINCT FROM OLD.response_deadline THEN
        PERFORM calls_refuse('call_deadline_is_fixed_once_opened');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER call_holds BEFORE INSERT OR UPDATE ON calls_call FOR EACH ROW EXECUTE FUNCTION calls_call_holds();

CREATE FUNCTION calls_lot_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_announced boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT announced_at IS NOT NULL INTO is_announced FROM calls_call WHERE id = OLD.call_id;
        IF is_announced THEN PERFORM calls_refuse('lot_of_a_published_call_is_cancelled_not_deleted'); END IF;
        RETURN OLD;
    END IF;
    IF NEW.reservation_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM law_reservation JOIN calls_call ON calls_call.jurisdiction_id = law_reservation.jurisdiction_id
        WHERE law_reservation.id = NEW.reservation_id AND calls_call.id = NEW.call_id
    ) THEN
        PERFORM calls_refuse('lot_is_reserved_under_the_law_of_its_call');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lot_holds BEFORE INSERT OR UPDATE OR DELETE ON calls_lot FOR EACH ROW EXECUTE FUNCTION calls_lot_holds();

CREATE FUNCTION calls_buyer_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind IS DISTINCT FROM OLD.kind AND EXISTS (SELECT FROM calls_call WHERE buyer_id = NEW.id) THEN
        PERFORM calls_refuse('buyer_with_calls_keeps_its_kind');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER buyer_holds BEFORE UPDATE ON buyers_buyer FOR EACH ROW EXECUTE FUNCTION calls_buyer_holds();

CREATE FUNCTION calls_reservation_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.jurisdiction_id IS DISTINCT FROM OLD.jurisdiction_id
        AND EXISTS (SELECT FROM calls_lot WHERE reservation_id = NEW.id) THEN
        PERFORM calls_refuse('lot_is_reserved_under_the_law_of_its_call');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reservation_holds BEFORE UPDATE ON law_reservation
    FOR EACH ROW EXECUTE FUNCTION calls_reservation_holds();
"""
NO_CALL = """
DROP TRIGGER call_holds ON calls_call; DROP TRIGGER lot_holds ON calls_lot; DROP TRIGGER buyer_holds ON buyers_buyer;
DROP TRIGGER reservation_holds ON law_reservation;
DROP FUNCTION calls_call_holds, calls_lot_holds, calls_buyer_holds, calls_reservation_holds;
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_calls_and_lots"), ("buyers", "0002_buyers_are_cleared"), ("law", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION calls_refuse(text);"),
        migrations.RunSQL(MOMENTS, NO_MOMENTS),
        migrations.RunSQL(CALL, NO_CALL),
    ]
