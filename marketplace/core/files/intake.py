"""Forms with files: what is too large is let pass by unread, and what was typed beside it is kept."""

from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from marketplace.core.files.inspection import MOST_BYTES


class TooLargeFile(UploadedFile):
    """Stands for a file of which nothing was kept; its size says why."""


class CappedUploadHandler(FileUploadHandler):
    """Comes before Django's own: a file that grows too large leaves nothing on the disk but its name."""

    request: Any

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.length = 0

    def receive_data_chunk(self, raw_data, start):
        self.length += len(raw_data)
        if self.length > MOST_BYTES:
            self.request.files_too_large.append(self.file_name)
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None


def cap_uploads(request):
    """To be called before anything of the form is read."""
    request.files_too_large = []
    request.upload_handlers.insert(0, CappedUploadHandler(request))


def notes_arrival(view):
    """A mark for `core.middleware.ArrivalMiddleware`: by POST the view gets `request.received_at`, the moment at which
    the whole form had arrived, and `request.files_too_large`. Decorators around it keep the mark."""
    view.notes_arrival = True
    return view


def takes_files(view):
    """The form's token is checked as ever, but after the handlers are set, which must be before anything is read."""

    @wraps(view)
    def set_up(request, *args, **kwargs):
        cap_uploads(request)
        return csrf_protect(view)(request, *args, **kwargs)

    return csrf_exempt(set_up)
