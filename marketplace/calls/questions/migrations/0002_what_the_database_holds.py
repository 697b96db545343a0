"""A question came before its deadline and its words stay; see the same file of `calls`."""

from django.db import migrations

QUESTION = """
CREATE FUNCTION questions_question_holds() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE call calls_call;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO call FROM calls_call WHERE id = NEW.call_id;
        IF call.publish_at IS NULL OR NEW.asked_at < call.publish_at
            OR NEW.asked_at >= coalesce(call.question_deadline, call.response_deadline) THEN
            PERFORM calls_refuse('question_comes_before_its_deadline');
        END IF;
    ELSIF (NEW.call_id, NEW.text, NEW.asked_at) IS DISTINCT FROM (OLD.call_id, OLD.text, OLD.asked_at) THEN
        PERFORM calls_refuse('question_is_never_changed');
    ELSIF OLD.answered_at IS NOT NULL
        AND (NEW.answer, NEW.answered_at) IS DISTINCT FROM (OLD.answer, OLD.answered_at) THEN
        PERFORM calls_refuse('question_is_answered_once');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER question_holds BEFORE INSERT OR UPDATE ON questions_question
    FOR EACH ROW EXECUTE FUNCTION questions_question_holds();
"""


class Migration(migrations.Migration):
    dependencies = [("questions", "0001_questions"), ("calls", "0002_what_the_database_holds")]
    operations = [
        migrations.RunSQL(
            QUESTION, "DROP TRIGGER question_holds ON questions_question; DROP FUNCTION questions_question_holds;"
        )
    ]
