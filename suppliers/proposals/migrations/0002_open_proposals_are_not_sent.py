from django.db import migrations

# A rule across two tables, so no check constraint can say it. Both sides lock the supplier's row before they look:
# PostgreSQL holds it for the update, and the proposal takes it FOR SHARE.
REFUSE = """
CREATE FUNCTION proposals_supplier_is_not_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM proposals_proposal WHERE supplier_id = NEW.id AND accepted_at IS NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'supplier % waits for its owner''s acceptance', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'supplier_is_sent_after_its_owner_accepted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER supplier_is_sent_after_its_owner_accepted
    BEFORE UPDATE OF submitted_at ON suppliers_supplier FOR EACH ROW
    WHEN (NEW.submitted_at IS NOT NULL AND OLD.submitted_at IS NULL)
    EXECUTE FUNCTION proposals_supplier_is_not_sent();

CREATE FUNCTION proposals_proposal_is_for_a_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM suppliers_supplier WHERE id = NEW.supplier_id FOR SHARE;
    PERFORM 1 FROM suppliers_supplier WHERE id = NEW.supplier_id AND submitted_at IS NOT NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'supplier % was sent already', NEW.supplier_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'open_proposal_is_for_a_profile_not_sent';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_proposal_is_for_a_profile_not_sent
    BEFORE INSERT OR UPDATE OF accepted_at, supplier_id ON proposals_proposal FOR EACH ROW
    WHEN (NEW.accepted_at IS NULL)
    EXECUTE FUNCTION proposals_proposal_is_for_a_draft();
"""
FORGET = """
DROP TRIGGER open_proposal_is_for_a_profile_not_sent ON proposals_proposal;
DROP FUNCTION proposals_proposal_is_for_a_draft();
DROP TRIGGER supplier_is_sent_after_its_owner_accepted ON suppliers_supplier;
DROP FUNCTION proposals_supplier_is_not_sent();
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_proposals_and_partners"), ("suppliers", "0002_profile_widens")]
    operations = [migrations.RunSQL(REFUSE, FORGET)]
