"""Handing out what is kept, to whoever the view has found to be allowed."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.http import content_disposition_header

from marketplace.core.files import kinds


def inert(name, media_type):
    """The stored file as an answer in which nothing may act, wherever a browser is made to show it."""
    try:
        response = FileResponse(default_storage.open(name), content_type=media_type)
    except FileNotFoundError as error:
        raise Http404 from error
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def attachment(row):
    """A private document: always to be saved, never shown in a page, and kept by no cache."""
    response = inert(row.stored_as, row.media_type)
    response["Content-Disposition"] = content_disposition_header(True, _file_name(row))
    response["Cache-Control"] = "private, no-store"
    return response


def _file_name(row):
    """As it came, with the ending of what is really in it."""
    ending = next(kind.ending for kind in kinds.STORED if kind.media_type == row.media_type)
    stem = row.original_name.rpartition(".")[0] or row.original_name
    return f"{stem}.{ending}"
