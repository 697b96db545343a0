"""Which buyer a notice is of: found by a register's number, else by name and country, else made, unclaimed.

A body for which somebody acts here is only taken once staff have cleared it, and only by a number: who merely says
to be an authority gets no hand on its calls.
"""

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.utils.text import slugify

from buyers.models import Buyer
from marketplace.accounts import identifiers
from marketplace.accounts.models import Identifier, Organisation, Representative
from marketplace.calls.notices.drafting import web_address
from marketplace.calls.notices.lots import NoCall, clean
from marketplace.calls.notices.models import BuyerKey
from marketplace.core import audit
from marketplace.core.vocab import words

#: BT-11: a central government authority.
CENTRAL = ("cga",)
LONGEST_NAME_IN_SLUG = 60
COUNTED = "12345678901234567890"
#: Shorter words, "of" and "de", make no two names alike.
LEAST_LETTERS = 4


def keys_of(body, country):
    """By what a notice names its buyer: the numbers first, last the name."""
    return [*dict.fromkeys(_numbers(body, country)), _name_key(body, country)]


def known_by(keys):
    """{key: buyer} of those that are open to notices, in one query for a whole batch."""
    rows = BuyerKey.objects.filter(key__in=keys, buyer__in=_open_to_notices())
    return {row.key: row.buyer for row in rows.select_related("buyer__organisation")}


def authority_of(body, country, known):
    """The buyer of that name or number, made where there is none; raises NoCall for one that is a company here."""
    *numbers, name = keys_of(body, country)
    all_lead_to = {known.get(key) for key in (*numbers, name)}
    if len(all_lead_to) == 1 and None not in all_lead_to:
        return known[name]
    buyer = _by_number(numbers, body) or _by_name(body, country, numbers)
    if buyer is None:
        buyer = _made(body, country)
        _tell_registers(buyer.organisation, body, country)
    if buyer.kind != Buyer.Kind.CONTRACTING_AUTHORITY:
        raise NoCall("buyer-is-a-company")
    _remember(buyer, [*numbers, name])
    return buyer


def _numbers(body, country):
    for identifier in body.identifiers:
        number = "".join(clean(identifier.number).upper().split())[:120]
        if not _only_fills_the_field(identifier):
            yield f"id:{clean(identifier.scheme).upper()[:60] or country}:{number}"


def _only_fills_the_field(identifier):
    """N/A, 000000000 and, where no register is named, 123456789: typed where the form wanted something."""
    signs = "".join(filter(str.isalnum, identifier.number))
    return len(signs) < 4 or len(set(signs)) < 3 or (not identifier.scheme and signs in COUNTED)


def _name_key(body, country):
    return f"name:{country}:{' '.join(words.split(clean(body.name)))}"[:300]


def _registered(body, country):
    """(scheme, number, whether the source named the register) of those numbers that one of our registers takes."""
    for identifier in body.identifiers:
        if _only_fills_the_field(identifier):
            continue
        named = identifiers.scheme_named(clean(identifier.scheme).upper())
        # Where the source names no register, any number would be one of "another".
        for scheme in [named] if named else identifiers.schemes_of(country)[:-1] if not identifier.scheme else []:
            try:
                yield scheme.code, scheme.normalised(clean(identifier.number)), named is not None
            except ValidationError:
                continue
            break


def _open_to_notices():
    """Those with nobody behind them, and those whom staff know."""
    people = Representative.objects.filter(organisation=OuterRef("organisation"))
    return Buyer.objects.filter(Q(cleared_at__isnull=False) | ~Exists(people)).select_related("organisation")


def _by_number(numbers, body):
    """A number whose register nobody has named counts only beside a name that has something in common."""
    for buyer in _open_to_notices().filter(notice_keys__key__in=numbers).distinct().order_by("pk") if numbers else ():
        known = buyer.notice_keys.filter(key__in=numbers).values_list("key", flat=True)
        if any("-" in key.split(":")[1] for key in known) or _are_alike(buyer.organisation.name, body.name):
            return buyer
    return None


def _are_alike(name, other):
    mine, theirs = ({word for word in words.split(each) if len(word) >= LEAST_LETTERS} for each in (name, other))
    return bool(mine & theirs) or words.split(name) == words.split(other)


def _by_name(body, country, numbers):
    """First the number as organisations keep it; then the name, unless a number of the same register says otherwise."""
    rows = _open_to_notices()
    for scheme, value, is_named in _registered(body, country):
        of_number = Identifier.objects.filter(organisation=OuterRef("organisation"), scheme=scheme, value=value)
        found = rows.filter(Exists(of_number)).first()
        if found and (is_named or _are_alike(found.organisation.name, body.name)):
            return found
    found = rows.filter(notice_keys__key=_name_key(body, country)).first()
    if found is None:
        return None
    registers = {key.rpartition(":")[0] for key in numbers}
    theirs = found.notice_keys.filter(key__startswith="id:").values_list("key", flat=True)
    is_another = any(key.rpartition(":")[0] in registers for key in theirs)
    return None if is_another else found


def _made(body, country):
    website = web_address(body.website)
    organisation = Organisation.objects.create(
        name=clean(body.name)[:200],
        country=country,
        website=website if len(website) <= 200 else "",
        street=clean(body.street)[:200],
        postcode=clean(body.postcode)[:20],
        town=clean(body.town)[:120],
    )
    buyer = Buyer.objects.create(
        organisation=organisation,
        kind=Buyer.Kind.CONTRACTING_AUTHORITY,
        slug=_free_slug(organisation),
        is_central=body.legal_type in CENTRAL,
    )
    audit.record("buyer.came_with_notice", buyer, organisation=organisation.pk)
    return buyer


def _free_slug(organisation):
    plain = slugify(words.fold(organisation.name))[:LONGEST_NAME_IN_SLUG].strip("-_") or "buyer"
    return f"{plain}-{organisation.pk}" if Buyer.objects.filter(slug=plain).exists() else plain


def _tell_registers(organisation, body, country):
    """So that whoever registers the same body is offered to claim it; a number that is taken stays where it is."""
    for scheme, value, _is_named in dict.fromkeys(_registered(body, country)):
        if not Identifier.objects.filter(scheme=scheme, value=value).exists():
            Identifier.objects.create(organisation=organisation, scheme=scheme, value=value)


def _remember(buyer, keys):
    """A key that leads to another body already stays with it."""
    known = set(BuyerKey.objects.filter(key__in=keys).values_list("key", flat=True))
    BuyerKey.objects.bulk_create(
        [BuyerKey(key=key, buyer=buyer) for key in keys if key not in known], ignore_conflicts=True
    )
