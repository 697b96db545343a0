"""The addresses of pages that have no varying part, remembered: every page asks for a score of them."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.translation import get_language


def address_of(name: str, **kwargs: Any) -> str:
    """As `reverse`, in the language in force."""
    if kwargs:
        return reverse(name, kwargs=kwargs)
    return _found(name, get_language(), get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@lru_cache(2_000)
def _found(name: str, language: str | None, urlconf: str, prefix: str) -> str:
    return reverse(name)
