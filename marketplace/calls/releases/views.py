"""Open data of calls: the same for everybody, whoever asks, and readable from pages of other sites."""

from functools import wraps

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import condition, conditional_page, require_safe

from marketplace.calls.releases import packages
from marketplace.calls.releases.forms import PageForm
from marketplace.calls.releases.models import Release
from marketplace.core.restraint import in_measure

JSON = "application/json; charset=utf-8"
LINES = "application/jsonl; charset=utf-8"
#: Of one address on the network: a whole harvest at the largest pages fits a few minutes, and the file of all releases
#: is there for whoever wants all.
A_MINUTE = {"most": 120, "seconds": 60}
AN_HOUR = {"most": 30, "seconds": 60 * 60}


def open_to_other_sites(view):
    """Any site's page may read the answer, without the visitor's cookies."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        return response

    return answer


@open_to_other_sites
@in_measure("open-data", **A_MINUTE)
@conditional_page
@require_safe
def release_list(request):
    """A package of releases, oldest first, with a link to the next one; where there is none, no content.

    By the schema of the standard a package holds one release at least, so one without any would be none.
    """
    form = PageForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    address = settings.PUBLIC_URL + reverse("release-list")
    page = packages.page(form.page(), address)
    return HttpResponse(page, content_type=JSON) if page else HttpResponse(status=204)


def _state_of_all(request):
    """Releases only come, but for those of a call that is taken back."""
    rows = Release.objects.on_show()
    last = rows.order_by("-pk").values_list("pk", flat=True).first()
    return f'"{rows.count()}-{last or 0}"'


@open_to_other_sites
@in_measure("open-data-whole", **AN_HOUR)
@condition(etag_func=_state_of_all)
@require_safe
def release_lines(request):
    """Every release, one a line."""
    rows = Release.objects.on_show()
    return StreamingHttpResponse(packages.lines(packages.contents_of(rows)), content_type=LINES)


@open_to_other_sites
@in_measure("open-data", **A_MINUTE)
@conditional_page
@require_safe
def record_detail(request, ocid):
    """The record of one call: all that was said of it, and where it stands."""
    releases = list(Release.objects.on_show().filter(ocid=ocid).order_by("number"))
    if not releases:
        raise Http404
    uri = settings.PUBLIC_URL + reverse("record-detail", kwargs={"ocid": ocid})
    return JsonResponse(packages.record(releases, uri), json_dumps_params={"ensure_ascii": False})
