"""The demo's schemes, all invented, and what their issuers or our staff say of some of the demo's firms."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from marketplace.core import demo, registry
from suppliers.evidence.models import Certification, Scheme, Tier
from suppliers.models import Supplier
from suppliers.signals import suppliers_changed

#: Name, slug, issuer, countries, dimensions, threshold, months, whether it is a public status.
SCHEMES = (
    ("Minority-owned enterprise", "minority-owned", "Tessellate Supplier Council", ["GB"],
     ["owned", "managed", "controlled"], 51, 12, False),
    ("Entreprise diverse certifiée", "diverse-fr", "Réseau Mosaïque France", ["FR", "BE"], ["owned", "operated"], 51,
     24, False),
    ("Women-led business", "women-led", "Keystone Business Register", ["GB", "BE", "DE", "ES", "PT"],
     ["owned", "managed"], 51, 36, False),
    ("Social enterprise", "social-enterprise", "Common Good Register", [], [], None, 24, True),
)  # fmt: skip
WITH_EVIDENCE = 0.35
MOST = 2_000


def plant_evidence(random: Random, amounts, progress) -> int:
    """Schemes, and certifications of firms that have none yet; the clockwork of issue and expiry is believable."""
    schemes = [_scheme(*facts) for facts in SCHEMES]
    rows = Supplier.objects.filter(
        organisation__identifiers__scheme=demo.SCHEME, organisation__representatives__isnull=False
    )
    suppliers = list(rows.select_related("organisation").order_by("pk").distinct()[:MOST])
    progress.reset(total=len(suppliers))
    has_some = set(Certification.objects.values_list("supplier", flat=True))
    made = []
    for supplier in suppliers:
        lot = Random(f"{random.random()}")
        if lot.random() < WITH_EVIDENCE and supplier.pk not in has_some:
            made.append(_certification(lot, supplier, schemes))
        progress.update()
    Certification.objects.bulk_create(made)
    if made:
        suppliers_changed.send(sender=None, suppliers=[row.supplier_id for row in made])
    return len(suppliers)


def _scheme(name, slug, issuer, countries, dimensions, threshold, months, is_public_status) -> Scheme:
    facts = {
        "name": name,
        "issuer": issuer,
        "countries": countries,
        "dimensions": dimensions,
        "threshold": threshold,
        "renewal_months": months,
        "is_public_status": is_public_status,
        "time_zone": "Europe/Paris" if slug == "diverse-fr" else "Europe/London",
    }
    return Scheme.objects.get_or_create(slug=slug, defaults=facts)[0]


def _certification(random: Random, supplier: Supplier, schemes: list[Scheme]) -> Certification:
    home = supplier.organisation.country.code
    scheme = random.choice([scheme for scheme in schemes if not scheme.countries or home in scheme.countries])
    tier = random.choices(Tier.values, weights=(3, 2, 5))[0]
    begins = timezone.localdate() - timedelta(days=random.randint(5, 500))
    ends = begins + timedelta(days=30 * (scheme.renewal_months or 12))
    return Certification(
        supplier=supplier,
        scheme=scheme,
        tier=tier,
        number=f"{scheme.slug[:3].upper()}-{supplier.pk:06}" if tier == Tier.CERTIFIED else "",
        valid_from=begins,
        valid_until=ends if tier == Tier.CERTIFIED or random.random() < 0.5 else None,
        published_at=timezone.now() if random.random() < 0.9 else None,
    )


registry.seeds.register("evidence", registry.Seed("evidence", plant_evidence, order=22))
