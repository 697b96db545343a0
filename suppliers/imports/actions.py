"""What staff do with imports. The caller has checked who asks; these check whether it may be."""

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.core import audit, queue
from marketplace.core.errors import RuleBroken
from suppliers.imports import columns
from suppliers.imports.models import Import, RememberedMapping

RUN, UNDO = "imports.run_import", "imports.undo_import"


def remembered(headings):
    """The mapping that was used for these headings the last time, else a guess."""
    kept = RememberedMapping.objects.filter(fingerprint=columns.fingerprint(headings)).first()
    if kept is None:
        return columns.guess(headings)
    by_plain = {columns.plain(heading): heading for heading in headings}
    return {
        by_plain[columns.plain(heading)]: field
        for heading, field in kept.mapping.items()
        if columns.plain(heading) in by_plain and field in columns.NAMES
    }


@transaction.atomic
def upload_import(file, *, source, country, language, by):
    """Keep the file; nothing is read into profiles until the columns are settled and it is begun."""
    of_import = Import(
        source=source, country=country, language=language, started_by=by, file_name=file.name[-200:], size=file.size
    )
    of_import.file.save("table", File(file), save=False)
    of_import.save()
    audit.record("import.uploaded", of_import, by=by, size=of_import.size)
    return of_import


@transaction.atomic
def begin_import(of_import, *, headings, mapping, by, in_background=True):
    """Begin to write; beginning twice changes nothing. The mapping is remembered for files with these headings."""
    if "name" not in mapping.values():
        raise RuleBroken(_("Say which column holds the name of the firm."))
    if len(set(mapping.values())) < len(mapping):
        raise RuleBroken(_("Two columns cannot be the same field. Leave one of them out."))
    waiting = Import.objects.filter(pk=of_import.pk, began_at=None, failed_at=None)
    now = timezone.now()
    if not waiting.update(began_at=now, touched_at=now, mapping=mapping):
        return
    of_import.refresh_from_db()
    RememberedMapping.objects.update_or_create(
        fingerprint=columns.fingerprint(headings), defaults={"mapping": mapping, "changed_at": now}
    )
    audit.record("import.begun", of_import, by=by)
    if in_background:
        queue.after_commit(RUN, of_import.pk)


@transaction.atomic
def begin_undo(of_import, *, by):
    """Take back what the import made and what nobody has accepted or changed since; asking twice changes nothing."""
    current = Import.objects.select_for_update().get(pk=of_import.pk)
    if current.is_running:
        raise RuleBroken(_("The import is still running. Stop it first."))
    if not current.began_at:
        raise RuleBroken(_("This import has not been begun: there is nothing to undo."))
    if current.undo_began_at:
        return
    now = timezone.now()
    Import.objects.filter(pk=current.pk).update(undo_began_at=now, touched_at=now)
    audit.record("import.undo_begun", current, by=by)
    queue.after_commit(UNDO, current.pk)


@transaction.atomic
def stop_import(of_import, *, by):
    """End it where it is; what was written stays until it is undone."""
    running = Import.objects.running().filter(pk=of_import.pk)
    if not running.update(failed_at=timezone.now(), failure="stopped"):
        raise RuleBroken(_("This import is not running."))
    of_import.refresh_from_db()
    audit.record("import.stopped", of_import, by=by)
