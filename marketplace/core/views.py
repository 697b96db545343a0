from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from marketplace.core import health


@require_safe
@never_cache
def health_alive(request):
    """This process answers; says nothing of the servers behind it."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def health_ready(request):
    problems = health.unready()
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)
