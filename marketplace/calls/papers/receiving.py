"""Taking the files of a form one by one: what may be added is added, and of each other it is said why not."""

from django.contrib import messages
from django.utils.translation import ngettext

from marketplace.core.errors import RuleBroken
from marketplace.core.files import kinds, vault
from marketplace.core.files.intake import refusals


def add_all(request, form):
    """Add each file that may be added; says of each other why not, and whether the form is done with."""
    refused = refusals(request)
    if not form.is_valid():
        if refused and set(form.errors) == {"files"}:
            form.errors.pop("files")
        _tell_refusals(form, refused)
        return False
    added = 0
    for file in form.cleaned_data["files"]:
        try:
            with vault.received(file) as received:
                form.add(received, by=request.user)
        except RuleBroken as broken:
            refused.append((file.name, str(broken)))
        else:
            added += 1
    if added:
        told = ngettext("One file is added.", "%(count)s files are added.", added) % {"count": added}
        messages.success(request, told)
    _tell_refusals(form, refused)
    return not refused


def _tell_refusals(form, refused):
    for name, reason in refused:
        form.add_error("files", f"{kinds.plain_name(name)}: {reason}")
