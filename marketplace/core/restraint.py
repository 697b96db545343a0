"""How often one address on the network may do a thing that needs no account."""

import ipaddress
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import JsonResponse
from redis import RedisError


def is_in_measure(request, what, *, most, seconds):
    """Counts this time; False when the address did it so often already since its first time within so many seconds.

    Without a cache nobody is counted: rather too many than none.
    """
    key = f"restraint:{what}:{neighbourhood(request)}"
    try:
        cache.add(key, 0, seconds)
        return cache.incr(key) <= most
    except (ValueError, RedisError):
        # ValueError: the time ended between the two lines.
        return True


def in_measure(what, *, most, seconds):
    """For a view that programs read: whoever asks more often is told when to come again."""

    def mark(view):
        @wraps(view)
        def answer(request, *args, **kwargs):
            if is_in_measure(request, what, most=most, seconds=seconds):
                return view(request, *args, **kwargs)
            words = f"At most {most} requests in {seconds} seconds: come again after that time."
            return JsonResponse({"errors": {"rate": [words]}}, status=429, headers={"Retry-After": str(seconds)})

        return answer

    return mark


def neighbourhood(request):
    """An IPv6 subscriber has a whole network of addresses, so these count together."""
    try:
        found = ipaddress.ip_address(_address(request))
    except ValueError:
        return "unknown"
    return ipaddress.ip_network((found, 64), strict=False).network_address if found.version == 6 else found


def _address(request):
    """Who connected to us, or what the last proxy of ours says: what stands before it anybody can make up."""
    forwarded = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    count = settings.TRUSTED_PROXY_COUNT
    if count and len(forwarded) >= count:
        return forwarded[-count]
    return request.META.get("REMOTE_ADDR", "")
