"""Forms with files: what is too large or too much is let pass by unread, and what was typed beside it is kept."""

from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from marketplace.core.files.inspection import MOST_BYTES

#: Of all files that one form brings together; those beyond it are let pass by.
MOST_AT_ONCE = 100_000_000
#: Whoever sends more is answered unread. Up to it all is read, so that no word typed beside too many files is lost.
MOST_READ = 2 * MOST_AT_ONCE


class TooLargeFile(UploadedFile):
    """Stands for a file of which nothing was kept; its size says why."""


class CappedUploadHandler(FileUploadHandler):
    """Comes before Django's own: a file too large, or one too many, leaves nothing on the disk; its name is noted."""

    request: Any
    taken = 0

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.length = 0

    def receive_data_chunk(self, raw_data, start):
        self.length += len(raw_data)
        if self.length > MOST_BYTES:
            self.request.files_too_large.append(self.file_name)
            raise SkipFile
        if self.taken + self.length > MOST_AT_ONCE:
            self.request.files_too_much.append(self.file_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        self.taken += self.length


def cap_uploads(request):
    """To be called before anything of the form is read."""
    request.files_too_large, request.files_too_much = [], []
    request.upload_handlers.insert(0, CappedUploadHandler(request))


def refusals(request):
    """[(name, why not)] of the files that were let pass by."""
    large = _("This file is over %(most)s MB. Send a smaller one.") % {"most": MOST_BYTES // 1_000_000}
    much = _("The files of one form are over %(most)s MB together. Send this one again by itself.")
    much %= {"most": MOST_AT_ONCE // 1_000_000}
    return [(name, large) for name in request.files_too_large] + [(name, much) for name in request.files_too_much]


def is_too_much(request, view=None):
    """Whether what comes is more than anybody reads; whoever does not say how much comes is read nothing of at all."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdecimal() and int(length[:20]) > getattr(view, "most_read", MOST_READ)


def reads_up_to(size):
    """A mark for a view to which our own people bring whole tables: how many bytes it is read for, its form's too."""

    def mark(view):
        view.most_read = size + MOST_AT_ONCE
        return view

    return mark


def notes_arrival(view):
    """A mark for `core.middleware.ArrivalMiddleware`: by POST the view gets `request.received_at`, the moment at which
    the whole form had arrived, and `refusals` of its files. Decorators around it keep the mark."""
    view.notes_arrival = True
    return view


def takes_files(view):
    """The form's token is checked as ever, but after the handlers are set, which must be before anything is read."""

    @wraps(view)
    def set_up(request, *args, **kwargs):
        cap_uploads(request)
        return csrf_protect(view)(request, *args, **kwargs)

    return csrf_exempt(set_up)
