"""What buyers do with the documents of a call. The caller has checked who asks.

Those of a draft come and go as one likes. From then on they change with an amendment alone, which says so with
`is_amendment=True`: then what is taken away is kept, and no longer shown.
A file is looked at and stored before the transaction begins, so that no row is locked while a decoder works.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls import actions
from marketplace.calls.papers.models import CallDocument
from marketplace.calls.signals import tell_changed
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.files import inspection, kinds, vault

MOST_DOCUMENTS = 60


def add_document(call, received, *, by, title="", language="", lot=None, is_amendment=False):
    """Keep a file as a document of the call or of one lot, called after its name where no title is given."""
    _refuse_known(call, received.sha256)
    with inspection.document(received) as checked:
        stored_as = vault.new_name("call-documents")
        with vault.stored({stored_as: checked.files["document"]}), transaction.atomic():
            call = _locked(call, is_amendment)
            _refuse_known(call, received.sha256)
            if call.documents.current().count() >= MOST_DOCUMENTS:
                raise RuleBroken(
                    _("A call has at most %(most)s documents: remove one first.") % {"most": MOST_DOCUMENTS}
                )
            document = CallDocument.objects.create(
                call=call,
                lot=call.lots.filter(pk=lot.pk).first() if lot else None,
                title=title or kinds.title_from(received.name),
                language=language,
                stored_as=stored_as,
                original_name=kinds.plain_name(received.name),
                media_type=checked.kind.media_type,
                size=checked.files["document"].stat().st_size,
                sha256=received.sha256,
            )
            audit.record("call.document_added", document, by=by, call=call.pk)
            tell_changed(call)
    return document


def _refuse_known(call, sha256):
    if known := call.documents.current().filter(sha256=sha256).first():
        raise RuleBroken(
            _("This is the same file as “%(title)s”, which is here already. Nothing was added.")
            % {"title": known.title}
        )


def _locked(call, is_amendment):
    """The call, whose documents change one after the other."""
    call = actions.locked(call)
    if call.publish_at is not None and not is_amendment:
        raise RuleBroken(_("This call is published or scheduled. Change its documents by an amendment."))
    return call


@transaction.atomic
def change_document(document, *, by, is_amendment=False, **details):
    """Change what is said of it: its title, its language, the lot it belongs to."""
    call = _locked(document.call, is_amendment)
    if not CallDocument.objects.current().filter(pk=document.pk).update(**details):
        raise RuleBroken(_("This document is not there any more."))
    document.refresh_from_db()
    audit.record("call.document_changed", document, by=by, call=call.pk)
    tell_changed(call)
    return document


@transaction.atomic
def remove_document(document, *, by, is_amendment=False):
    """Take it away: a draft's file goes with the commit, a published one's is kept; a second time does nothing."""
    call = _locked(document.call, is_amendment)
    document = CallDocument.objects.current().filter(pk=document.pk).first()
    if document is None:
        return
    audit.record("call.document_removed", document, by=by, call=call.pk)
    if call.announced_at or is_amendment:
        document.removed_at = timezone.now()
        document.save(update_fields=["removed_at"])
    else:
        document.delete()
    tell_changed(call)
