"""The demo's saved searches: the owner of the first firm hears of calls at once and every morning."""

from random import Random

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Representative
from marketplace.core import registry
from marketplace.matching.models import CALLS, CARRY, SavedSearch
from marketplace.matching.rhythms import Alert, next_moment
from suppliers.seed import OWNER

PLANTED = (
    (CARRY, "", _("Calls you can carry"), Alert.INSTANT),
    (CALLS, "country=FR", _("Calls from France"), Alert.DAILY),
)


def plant_searches(random: Random, amounts: dict[str, int], progress) -> int:
    """Repeated, none."""
    now, planted = timezone.now(), 0
    for row in Representative.objects.filter(user__email=OWNER.email, organisation__supplier__isnull=False):
        for kind, query, name, alert in PLANTED:
            moment = next_moment(alert, row.user.time_zone, now)
            _search, is_new = SavedSearch.objects.get_or_create(
                owner=row.user,
                organisation=row.organisation,
                kind=kind,
                query=query,
                defaults={"name": str(name), "alert": alert, "next_at": moment},
            )
            planted += is_new
    progress.update(planted)
    return planted


registry.seeds.register("saved-searches", registry.Seed("searches", plant_searches, order=80))
