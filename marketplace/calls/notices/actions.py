"""What staff do with notices, their runs and the buyers that came with them. The caller has checked who asks."""

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.models import Identifier
from marketplace.calls import actions as calls
from marketplace.calls.law import actions as records
from marketplace.calls.models import Call
from marketplace.calls.notices.models import BuyerKey, NoticeSource, Run, Visit, unclaimed_buyers
from marketplace.calls.signals import calls_changed
from marketplace.core import audit, queue
from marketplace.core.errors import RuleBroken

RUN = "notices.run"
FETCH = "notices.fetch"


@transaction.atomic
def upload_run(file, *, source, by, visit=None, size=None):
    """Keep the file and begin to read it in the background."""
    size = file.size if size is None else size
    of_run = Run(source=source, started_by=by, file_name=file.name[-200:], size=size, visit=visit)
    of_run.file.save("notices", File(file), save=False)
    of_run.save()
    audit.record("notices.run_begun", of_run, by=by, size=of_run.size)
    queue.after_commit(RUN, of_run.pk)
    return of_run


@transaction.atomic
def begin_run(*, source, file_name, size=0, by=None):
    """A run whose notices the caller brings along."""
    of_run = Run.objects.create(source=source, file_name=file_name[-200:], size=size, started_by=by)
    audit.record("notices.run_begun", of_run, by=by, size=size)
    return of_run


@transaction.atomic
def retry_run(of_run, *, by):
    """Read the kept file again, as a run of its own: what was here already stays as it is."""
    if of_run.is_running:
        raise RuleBroken(_("This import is still running."))
    if not of_run.file:
        raise RuleBroken(_("The file is no longer kept. Upload it again."))
    with of_run.file.open("rb") as stream:
        return upload_run(File(stream, name=of_run.file_name), source=of_run.source, by=by)


@transaction.atomic
def stop_run(of_run, *, by):
    """End it where it is; what was made stays."""
    if not Run.objects.running().filter(pk=of_run.pk).update(failed_at=timezone.now(), failure="stopped"):
        raise RuleBroken(_("This import is not running."))
    of_run.refresh_from_db()
    audit.record("notices.run_stopped", of_run, by=by)


@transaction.atomic
def add_source(*, by, **fields):
    """Allow a source, which is fetched from now on if it is on."""
    first = {"next_fetch_at": timezone.now()} if fields.get("is_on") else {}
    return records.add(NoticeSource, by=by, **fields, **first)


@transaction.atomic
def change_source(source, *, version, by, **fields):
    """Another address begins from the beginning; whoever is at the old one brings nothing more."""
    now = timezone.now()
    source = records.change(source, version=version, by=by, **fields)
    if fields.keys() & {"address", "is_paged"}:
        source.cursor = source.etag = source.last_modified = ""
        source.fetched_at, source.failures, source.last_error = None, 0, []
    if fields.keys() & {"address", "is_paged", "is_on"}:
        source.next_fetch_at = now if source.is_on else None
        _end_visits(source, now)
    source.save()
    return source


def _end_visits(source, at):
    Visit.objects.filter(source=source, ended_at=None).update(ended_at=at, error=["fetch-stopped", {}])


@transaction.atomic
def ask_for_visit(source, *, by):
    """Fetch it now, also one that is off, so that it can be tried before it is switched on."""
    now = timezone.now()
    source = NoticeSource.objects.select_for_update(no_key=True).get(pk=source.pk)
    if not source.address:
        raise RuleBroken(_("Say first from which address it is fetched."))
    if Visit.objects.under_way(now).filter(source=source).exists():
        raise RuleBroken(_("It is being fetched just now."))
    NoticeSource.objects.filter(pk=source.pk).update(next_fetch_at=now)
    audit.record("notice_source.visit_asked", source, by=by)
    queue.after_commit(FETCH, source.pk)


@transaction.atomic
def unpublish_notice(notice, *, words, by):
    """Take the call of a notice off; no later notice of the same procedure brings it back."""
    if notice.call is None:
        raise RuleBroken(_("This notice made no call."))
    calls.withdraw_call(notice.call, words=words, by=by)
    audit.record("notice.unpublished", notice, by=by, call=notice.call_id)


@transaction.atomic
def hand_over(unclaimed, *, buyer, by):
    """Give the calls of a body that came with notices to the buyer that it is here, and find that one from now on."""
    unclaimed = unclaimed_buyers().select_for_update(of=("self",)).filter(pk=unclaimed.pk).first()
    if unclaimed is None:
        raise RuleBroken(_("Somebody acts for this buyer already."))
    buyer = Buyer.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=buyer.pk)
    _require_heir(unclaimed, buyer)
    moved = list(Call.objects.filter(buyer=unclaimed).order_by("pk").values_list("pk", flat=True))
    Call.objects.filter(pk__in=moved).update(buyer=buyer)
    BuyerKey.objects.filter(buyer=unclaimed).update(buyer=buyer)
    organisation = unclaimed.organisation
    Identifier.objects.filter(organisation=organisation).update(organisation=buyer.organisation)
    calls_changed.send(sender=None, calls=moved)
    for row in (unclaimed, organisation):
        _require_bare(row)
        row.delete()
    audit.record("buyer.claimed", buyer, by=by, organisation=buyer.organisation_id, calls=len(moved))
    return buyer


def _require_bare(row):
    """Nothing goes with it that somebody may want to keep."""
    for relation in row._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.related_model is not type(row):
            rows = relation.related_model._base_manager.filter(**{relation.field.name: row})
            if rows.exists():
                raise RuleBroken(_("This body cannot be handed over: something else refers to it."))


def _require_heir(unclaimed, buyer):
    if buyer.pk == unclaimed.pk:
        raise RuleBroken(_("Choose another buyer than the one that is handed over."))
    if buyer.kind != Buyer.Kind.CONTRACTING_AUTHORITY:
        raise RuleBroken(_("Only a contracting authority can have made these notices."))
    if buyer.cleared_at is None:
        raise RuleBroken(_("Clear this buyer first: we have to know who it is."))
    if buyer.organisation.country != unclaimed.organisation.country:
        raise RuleBroken(_("The two are not of the same country."))
