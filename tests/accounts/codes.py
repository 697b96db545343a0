from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from tests.people import TOTP_SECRET


def totp_code(secret=TOTP_SECRET):
    """What the person's app shows now: the middle of those that are taken, so that a period may end meanwhile."""
    taken = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, taken[len(taken) // 2]))
