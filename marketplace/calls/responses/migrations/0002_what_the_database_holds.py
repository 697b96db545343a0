"""A submission came before the deadline, is never changed, and is never lost; see the same file of `calls`."""

from django.db import migrations

SUBMISSION = """
CREATE FUNCTION responses_submission_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE call calls_call;
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM calls_refuse('submission_is_never_lost');
    END IF;
    SELECT calls_call.* INTO call FROM responses_response
        JOIN calls_lot ON calls_lot.id = responses_response.lot_id JOIN calls_call ON calls_call.id = calls_lot.call_id
        WHERE responses_response.id = NEW.response_id;
    IF TG_OP = 'INSERT' THEN
        IF call.withdrawn_at IS NOT NULL OR call.cancelled_at IS NOT NULL OR EXISTS (
            SELECT FROM responses_response JOIN calls_lot ON calls_lot.id = responses_response.lot_id
            WHERE responses_response.id = NEW.response_id AND calls_lot.cancelled_at IS NOT NULL
        ) THEN
            PERFORM calls_refuse('submission_goes_to_a_lot_that_stands');
        END IF;
        IF call.route <> 'here' THEN PERFORM calls_refuse('submission_goes_where_the_call_says'); END IF;
        IF call.publish_at IS NULL OR NEW.received_at < call.publish_at THEN
            PERFORM calls_refuse('submission_comes_after_publication');
        END IF;
        IF NEW.received_at >= call.response_deadline THEN
            PERFORM calls_refuse('submission_comes_before_the_deadline');
        END IF;
        IF call.opened_at IS NOT NULL THEN PERFORM calls_refuse('submission_comes_before_the_opening'); END IF;
    ELSIF (NEW.response_id, NEW.number, NEW.received_at, NEW.message, NEW.price, NEW.file_count, NEW.sha256)
        IS DISTINCT FROM
        (OLD.response_id, OLD.number, OLD.received_at, OLD.message, OLD.price, OLD.file_count, OLD.sha256) THEN
        PERFORM calls_refuse('submission_is_never_changed');
    ELSIF (OLD.replaced_at IS NOT NULL AND NEW.replaced_at IS DISTINCT FROM OLD.replaced_at)
        OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
        PERFORM calls_refuse('submission_is_ended_once');
    ELSIF call.opened_at IS NOT NULL AND (NEW.confirmed_for, NEW.confirmed_at, NEW.replaced_at, NEW.withdrawn_at)
        IS DISTINCT FROM (OLD.confirmed_for, OLD.confirmed_at, OLD.replaced_at, OLD.withdrawn_at) THEN
        PERFORM calls_refuse('submission_is_settled_before_the_opening');
    END IF;
    IF greatest(NEW.confirmed_at, NEW.replaced_at, NEW.withdrawn_at) >= call.response_deadline THEN
        PERFORM calls_refuse('submission_is_settled_before_the_deadline');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER submission_holds BEFORE INSERT OR UPDATE OR DELETE ON responses_submission
    FOR EACH ROW EXECUTE FUNCTION responses_submission_holds();

CREATE FUNCTION responses_file_holds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.stored_as, NEW.sha256, NEW.response_id) IS DISTINCT FROM (OLD.stored_as, OLD.sha256, OLD.response_id)
        AND EXISTS (SELECT FROM responses_submission_files WHERE responsefile_id = OLD.id) THEN
        PERFORM calls_refuse('submission_is_never_changed');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER file_holds BEFORE UPDATE ON responses_responsefile FOR EACH ROW EXECUTE FUNCTION responses_file_holds();

CREATE FUNCTION responses_files_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' OR (SELECT count(*) FROM responses_submission_files WHERE submission_id = NEW.submission_id)
        >= (SELECT file_count FROM responses_submission WHERE id = NEW.submission_id) THEN
        PERFORM calls_refuse('submission_keeps_its_files');
    END IF;
    IF (SELECT response_id FROM responses_responsefile WHERE id = NEW.responsefile_id)
        IS DISTINCT FROM (SELECT response_id FROM responses_submission WHERE id = NEW.submission_id) THEN
        PERFORM calls_refuse('submission_holds_files_of_its_own_response');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER files_hold BEFORE INSERT OR UPDATE OR DELETE ON responses_submission_files
    FOR EACH ROW EXECUTE FUNCTION responses_files_hold();
"""
NO_SUBMISSION = """
DROP TRIGGER submission_holds ON responses_submission; DROP TRIGGER file_holds ON responses_responsefile;
DROP TRIGGER files_hold ON responses_submission_files;
DROP FUNCTION responses_submission_holds, responses_file_holds, responses_files_hold;
"""


class Migration(migrations.Migration):
    dependencies = [("responses", "0001_responses"), ("calls", "0002_what_the_database_holds")]
    operations = [migrations.RunSQL(SUBMISSION, NO_SUBMISSION)]
