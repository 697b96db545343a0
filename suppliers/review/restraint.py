"""How often one address on the network may do a thing that needs no account."""

import ipaddress

from django.conf import settings
from django.core.cache import cache
from redis import RedisError

HOUR = 60 * 60
REPORTS_AN_HOUR = 5


def may_report(request):
    """Counts this report; False when the address has sent enough of them within the hour.

    Without a cache nobody is counted: rather too many reports than none.
    """
    key = f"page-report:{_neighbourhood(_address(request))}"
    try:
        cache.add(key, 0, HOUR)
        return cache.incr(key) <= REPORTS_AN_HOUR
    except (ValueError, RedisError):
        # ValueError: the hour ended between the two lines.
        return True


def _address(request):
    """Who connected to us, or what the last proxy of ours says: what stands before it anybody can make up."""
    forwarded = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    count = settings.TRUSTED_PROXY_COUNT
    if count and len(forwarded) >= count:
        return forwarded[-count]
    return request.META.get("REMOTE_ADDR", "")


def _neighbourhood(address):
    """An IPv6 subscriber has a whole network of addresses, so these count together."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return ipaddress.ip_network((found, 64), strict=False).network_address if found.version == 6 else found
