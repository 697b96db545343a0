"""Suggestions for the pickers while somebody types."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.core.vocab import options
from marketplace.core.vocab.words import LONGEST_QUESTION

#: What Django makes of the name of a field, with whatever prefix.
FIELD_NAME = re.compile(r"[\w.-]{1,80}", re.ASCII)


@require_safe
@cache_control(public=True, max_age=3600)
def service_suggest(request: HttpRequest) -> HttpResponse:
    return _suggest(request, options.Services, "services")


@require_safe
@cache_control(public=True, max_age=3600)
def region_suggest(request: HttpRequest) -> HttpResponse:
    return _suggest(request, options.Regions, "regions")


def _suggest(request: HttpRequest, vocabulary: Any, default_name: str) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:LONGEST_QUESTION]
    name = request.GET.get("name", "")
    found = vocabulary.found(text) if text else []
    widget = {
        "name": name if FIELD_NAME.fullmatch(name) else default_name,
        "kind": "radio" if request.GET.get("kind") == "radio" else "checkbox",
        "words": text,
        "suggestions": found,
        "found": len(found),
        "is_searching": bool(text),
    }
    return render(request, "vocab/picker_found.html", {"widget": widget})
