"""The demo's shortlists: one per buyer that somebody can sign in for."""

from buyers.models import Buyer
from buyers.seed import CITY, CORPORATE
from marketplace.accounts.models import Representative
from marketplace.core import registry
from marketplace.introductions.models import Shortlist, ShortlistEntry
from suppliers.models import Supplier

LISTS = {CORPORATE.email: "Office services, next year", CITY.email: "Summer festival"}
NOTES = ("Answered within a day when we asked.", "Ask for a second reference.", "", "Could take the evening shift.")


def plant_shortlists(random, amounts, progress):
    progress.reset(total=len(LISTS))
    for email, name in LISTS.items():
        standing = Representative.objects.filter(user__email=email, organisation__buyer__isnull=False).first()
        if standing and not Shortlist.objects.kept_by(standing.organisation).exists():
            buyer = Buyer.objects.get(organisation=standing.organisation_id)
            shortlist = Shortlist.objects.create(buyer=buyer, name=name, created_by=standing.user)
            firms = list(Supplier.objects.listed().order_by("pk")[:40])
            ShortlistEntry.objects.bulk_create(
                ShortlistEntry(shortlist=shortlist, supplier=supplier, note=note, added_by=standing.user)
                for supplier, note in zip(random.sample(firms, min(len(firms), len(NOTES))), NOTES, strict=False)
            )
        progress.update()
    return len(LISTS)


registry.seeds.register("shortlists", registry.Seed("shortlists", plant_shortlists, order=70))
