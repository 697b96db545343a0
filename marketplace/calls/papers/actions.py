"""What buyers do with the documents of a call. The caller has checked who asks.

Those of a draft come and go as one likes. From then on they change with an amendment alone, which says so with
`is_amendment=True`: then what is taken away is kept, and no longer shown.
A file is looked at and stored before the transaction begins, so that no row is locked while a decoder works.
"""

import contextlib

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
#: What a paper keeps when it comes to the call from what was written aside.
OF_PAPER = ("title", "language", "stored_as", "original_name", "media_type", "size", "sha256")


def add_document(call, received, *, by, title="", language="", lot=None, is_amendment=False):
    """Keep a file as a document of the call or of one lot, called after its name where no title is given."""
    refuse_known(call.documents.current(), received.sha256)
    with stored(received, "call-documents") as paper, transaction.atomic():
        call = _locked(call, is_amendment)
        lot = call.lots.filter(pk=lot.pk).first() if lot else None
        paper |= {"title": title or paper["title"], "language": language}
        return _put(call, paper, lot=lot, by=by)


@transaction.atomic
def take_over(call, paper, *, lot, by):
    """What was kept aside becomes a document of the published call, with an amendment; its file stays where it is."""
    fields = {name: getattr(paper, name) for name in OF_PAPER}
    return _put(_locked(call, is_amendment=True), fields, lot=lot, by=by)


@contextlib.contextmanager
def stored(received, folder):
    """The file looked at and stored, as the fields of its row; taken back if the block fails, and with it the row."""
    with inspection.document(received) as checked:
        file, name = checked.files["document"], vault.new_name(folder)
        with vault.stored({name: file}):
            yield {
                "title": kinds.title_from(received.name),
                "stored_as": name,
                "original_name": kinds.plain_name(received.name),
                "media_type": checked.kind.media_type,
                "size": file.stat().st_size,
                "sha256": received.sha256,
            }


def _put(call, paper, *, lot, by):
    refuse_known(call.documents.current(), paper["sha256"])
    refuse_one_more(call.documents.current().count())
    document = CallDocument.objects.create(call=call, lot=lot, **paper)
    audit.record("call.document_added", document, by=by, call=call.pk)
    tell_changed(call)
    return document


def refuse_known(papers, sha256):
    if known := papers.filter(sha256=sha256).first():
        raise RuleBroken(
            _("This is the same file as “%(title)s”, which is here already. Nothing was added.")
            % {"title": known.title}
        )


def refuse_one_more(number):
    if number >= MOST_DOCUMENTS:
        raise RuleBroken(_("A call has at most %(most)s documents: remove one first.") % {"most": MOST_DOCUMENTS})


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
