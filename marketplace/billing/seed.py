"""What the demo's buyers may do: its first company everything, its first city all but evidence."""

from django.utils import timezone

from marketplace.accounts.models import Organisation
from marketplace.billing.models import Entitlement, Grant
from marketplace.core import demo, registry

REASON = "Demo"
#: By who acts for them: the buying side stands a floor above.
GIVEN = {
    f"buyer@{demo.DOMAIN}": [Entitlement.DIRECTORY, Entitlement.EVIDENCE, Entitlement.EXPORT],
    f"city@{demo.DOMAIN}": [Entitlement.DIRECTORY, Entitlement.EXPORT],
}


def plant_grants(random, amounts, progress):
    progress.reset(total=len(GIVEN))
    for email, entitlements in GIVEN.items():
        for organisation in Organisation.objects.filter(representatives__user__email=email):
            Grant.objects.get_or_create(
                organisation=organisation,
                reason=REASON,
                defaults={"entitlements": entitlements, "valid_from": timezone.localdate()},
            )
        progress.update()
    return len(GIVEN)


registry.seeds.register("grants", registry.Seed("grants", plant_grants, order=35))
