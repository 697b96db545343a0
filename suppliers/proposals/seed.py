"""The demo's partner association, with firms at every step of its board, made as people make them."""

from dataclasses import dataclass
from random import Random

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.seed import Body, Person, plant_bodies, plant_people
from marketplace.core import demo, registry
from suppliers.models import Supplier
from suppliers.proposals import actions, drafts
from suppliers.proposals.models import Partner, PartnerConsent
from suppliers.trades import DETAILS, OPENINGS, TRADES

OFFICER = demo.SignIn(f"partner@{demo.DOMAIN}", "Leïla Fontanel", _("brings firms in for a partner association"), 35)
ASSOCIATION = Body(
    "partner-1",
    "Northmoor Business Network",
    demo.LANDS_BY_CODE["GB"],
    "Northmoor",
    "NM1",
    (Person(OFFICER.email, OFFICER.name, "en", "Europe/London", can_sign_in=True),),
)
SOURCE = "Our members’ list of this spring"
LISTED, WAITING = 3, 1
#: What becomes of each draft.
FATES = ("drafted", "asked", "accepted", "withdrawn", "declined", "reported")
#: Drafts are firms beside those that were asked for, so a world with fewer owners has none.
LEAST_OWNERS = 100
REPORT = "I sold this firm two years ago and no longer speak for it."


@dataclass(frozen=True)
class Firm:
    name: str
    town: str
    country: str
    language: str
    summary: str
    codes: list[str]
    owner: Person


def plant_partner(random: Random, amounts, progress) -> int:
    """The association, firms that came through its link, and its drafts; one that has firms gets no more."""
    plant_bodies([ASSOCIATION])
    network = Organisation.objects.identified_by(demo.SCHEME, ASSOCIATION.key).get()
    partner = Partner.objects.filter(organisation=network).first() or drafts.welcome_partner(network, by=None)
    owned = Supplier.objects.filter(
        organisation__identifiers__scheme=demo.SCHEME, organisation__representatives__isnull=False
    )
    fates = FATES if owned.count() >= LEAST_OWNERS else ()
    progress.reset(total=LISTED + WAITING + len(fates))
    if not partner.consents.exists():
        _share(partner, owned, progress)
    if not partner.proposals.exists():
        officer = User.objects.get(email=OFFICER.email)
        for fate in fates:
            _bring(partner, _firm(Random(f"{random.random()}")), fate, by=officer)
            progress.update()
    return 1


def _share(partner, owned, progress):
    """Those that say yes to the association; the firm of the demo's owner is among them."""
    firms = owned.select_related("organisation").order_by("pk").distinct()
    for firm in [*firms.listed()[:LISTED], *firms.waiting_for_review()[:WAITING]]:
        owner = firm.organisation.representatives.order_by("pk").first().user
        actions.share_standing(partner, firm.organisation, way=PartnerConsent.Way.LINK, by=owner)
        progress.update()


def _firm(random: Random) -> Firm:
    land, trade = random.choice(demo.LANDS[:2]), random.choice(TRADES)
    language, (town, _postcode) = land.languages[0], random.choice(land.towns)
    word, work = trade.words[language]
    name = f"{demo.invented_name(random)} {word}"
    slots = {"work": work, "name": name, "town": town, "people": random.randint(2, 9), "year": 2019}
    said = " ".join((random.choice(OPENINGS[language]), random.choice(DETAILS[language]))).format(**slots)
    owner = Person(f"{slugify(name)}@{demo.DOMAIN}", demo.person_name(random), language, land.time_zone)
    return Firm(name, town, land.code, language, said, sorted(trade.codes[:2]), owner)


def _bring(partner, firm, fate, *, by):
    proposal = drafts.draft_firm(
        partner,
        by=by,
        organisation={"name": firm.name, "town": firm.town, "website": "", "country": firm.country},
        identifiers={},
        profile={
            "summary": firm.summary,
            "summary_language": firm.language,
            "languages": [firm.language],
            "regions": [],
            "services": [[code, "", [], place == 0] for place, code in enumerate(firm.codes)],
        },
        email="" if fate == "drafted" else firm.owner.email,
        source=SOURCE,
        language=firm.language,
    )
    if fate == "accepted":
        owner = plant_people([firm.owner])[firm.owner.email]
        actions.accept_proposal(proposal, shares_standing=True, by=owner)
    elif fate == "withdrawn":
        actions.withdraw_proposal(proposal, by=by)
    elif fate in {"declined", "reported"}:
        actions.decline_proposal(proposal, words=REPORT if fate == "reported" else "")


demo.sign_ins.register("partner", OFFICER)
registry.seeds.register("partners", registry.Seed("partners", plant_partner, order=24))
