import re
import sys
import time
import uuid

import structlog
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpResponseBadRequest, QueryDict, UnreadablePostError
from django.urls import Resolver404, resolve
from django.utils import timezone

from marketplace.core.files.intake import MOST_AT_ONCE, cap_uploads, is_too_much
from marketplace.core.ui import render

log = structlog.get_logger("tessera.request")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


class RequestLogMiddleware:
    """One log line per request, with an id that the answer carries; never an address, a name or a query string."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _REQUEST_ID.match(given) else uuid.uuid4().hex
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=request.id):
            response = self.get_response(request)
            log.info(
                "request",
                method=_method(request),
                route=_route(request),
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
        response["X-Request-ID"] = request.id
        return response


@receiver(got_request_exception)
def log_exception(request=None, **kwargs):
    """Told here, by route: Django's own line would hold the address with everything in it."""
    log.error("request failed", method=_method(request), route=_route(request), exc_info=sys.exc_info())


def _route(request):
    """The pattern, never the values in it; None when no pattern fits."""
    return request.resolver_match.route if request.resolver_match else None


def _method(request):
    return request.method if request.method in _METHODS else "other"


class ArrivalMiddleware:
    """Says when a form had arrived whole, for views marked by `notes_arrival`: `request.received_at`, in UTC.

    Stands where the language of the address is known and nothing has asked the database yet: what is late is late
    because of its own line, never because of ours. Nothing that is too much is read, here or later.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if is_too_much(request):
            # An answer that comes before any view, such as that there is none, would look for a token in the form.
            request.POST = QueryDict()
        elif request.method == "POST" and _notes_arrival(request):
            cap_uploads(request)
            try:
                request.POST  # noqa: B018  (reads it to its end, files and all)
            except UnreadablePostError:
                return HttpResponseBadRequest()
            request.received_at = timezone.now()
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """What is too much is answered unread, at whatever address, before its token would be looked for in it.

        A view may ask for more of our own people alone: of nobody else so much is read, also only to be refused.
        """
        if not is_too_much(request):
            return None
        if is_too_much(request, view) or not (request.user.is_active and request.user.is_staff):
            return render(request, "core/too_much.html", {"most": MOST_AT_ONCE // 1_000_000}, status=413)
        # Now it may be read.
        del request._post
        return None


def _notes_arrival(request):
    try:
        return getattr(resolve(request.path_info).func, "notes_arrival", False)
    except Resolver404:
        return False
