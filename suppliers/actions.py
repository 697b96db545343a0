"""What people do with a supplier's profile. The caller has checked who asks; these check whether it may be."""

import hashlib
import json

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.core import audit
from marketplace.core.errors import RuleBroken
from marketplace.core.vocab import countries, nuts, words
from suppliers.models import Capability, Reference, Supplier, SupplierText
from suppliers.signals import tell_changed

MOST_REFERENCES = 50
#: A slug has 80 places; these leave room for what tells namesakes apart.
LONGEST_NAME_IN_SLUG = 60


# --- Beginning --------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_profile(organisation, *, by):
    """The organisation's profile, begun now if there was none: empty, unlisted, at an address made from its name."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if supplier := Supplier.objects.filter(organisation=organisation).first():
        return supplier
    supplier = _create_at_free_address(organisation)
    audit.record("supplier.begun", supplier, by=by, organisation=organisation.pk)
    tell_changed(supplier)
    return supplier


def blank_profile(organisation):
    """What a profile begins as, not stored."""
    return Supplier(organisation=organisation, based_in=guess_region(organisation.country.code, organisation.town))


def _create_at_free_address(organisation):
    for slug in _slugs_for(organisation):
        supplier = blank_profile(organisation)
        supplier.slug = slug
        try:
            # Its own savepoint: a namesake may commit the same address at this moment.
            with transaction.atomic():
                supplier.save(force_insert=True)
        except IntegrityError:
            if not Supplier.objects.filter(slug=slug).exists():
                raise
        else:
            return supplier
    raise RuleBroken(_("No address is free for this name. Please write to us."))


def _slugs_for(organisation):
    """The name alone, then with a number that belongs to this organisation, then with a second one."""
    plain = slugify(words.fold(organisation.name))[:LONGEST_NAME_IN_SLUG].strip("-_")
    numbered = f"{plain or 'firm'}-{organisation.pk}"
    return [*([plain] if plain else []), numbered, *(f"{numbered}-{number}" for number in range(2, 10))]


def guess_region(country, town):
    """The NUTS code of the region that is called like the town, else of the country; "" for a country without one."""
    european = countries.european(country)
    if european not in nuts.regions():
        return ""
    wanted = words.split(town)
    for code in nuts.search(town) if wanted else []:
        region = nuts.regions()[code]
        if region.code.startswith(european) and region.level and words.split(region.name) == wanted:
            return code
    return european


# --- Changing what it shows -------------------------------------------------------------------------------------


def profile_of(supplier, names):
    """The named parts as they stand, in the shape that `change_profile` takes.

    A name is a field of Supplier, or `texts` for {language: summary}, or `services` for a list of
    [code, own words, regions, whether it is the main one] in the order of the codes.
    """
    readers = {"texts": _texts_of, "services": _services_of}
    return {name: readers[name](supplier) if name in readers else getattr(supplier, name) for name in names}


def _texts_of(supplier):
    return dict(supplier.texts.values_list("language", "summary")) if supplier.pk else {}


def _services_of(supplier):
    if not supplier.pk:
        return []
    rows = supplier.capabilities.order_by("cpv").values_list("cpv", "words", "regions", "is_main")
    return [list(row) for row in rows]


def fingerprint(values):
    """A short sign that changes whenever the values do, for a form to carry."""
    return hashlib.blake2b(json.dumps(values, sort_keys=True).encode(), digest_size=12).hexdigest()


@transaction.atomic
def change_profile(supplier, *, part, by, seen=None, **values):
    """Write these parts of the profile and say which `part` of it they belong to; a listed one stays listed.

    With `seen`, the fingerprint of the same parts as they were read, it is refused when somebody else changed them
    since. Writing what stands there already changes nothing.
    """
    current = Supplier.objects.select_for_update(no_key=True).get(pk=supplier.pk)
    before = profile_of(current, values)
    if before == values:
        return current
    if seen is not None and seen != fingerprint(before):
        raise RuleBroken(_("Somebody else changed this part of the profile while you were editing. Look at it again."))
    if "texts" in values:
        _write_texts(current, values.pop("texts"))
    if "services" in values:
        _write_services(current, values.pop("services"))
    return _changed(current, part, by, **values)


def _write_texts(supplier, texts):
    supplier.texts.exclude(language__in=texts).delete()
    SupplierText.objects.bulk_create(
        [SupplierText(supplier=supplier, language=language, summary=summary) for language, summary in texts.items()],
        update_conflicts=True,
        unique_fields=["supplier", "language"],
        update_fields=["summary"],
    )


def _write_services(supplier, services):
    supplier.capabilities.exclude(cpv__in=[cpv for cpv, *_rest in services]).delete()
    # One is the main one at any moment: nobody while the others are written.
    supplier.capabilities.filter(is_main=True).update(is_main=False)
    Capability.objects.bulk_create(
        [
            Capability(supplier=supplier, cpv=cpv, words=own_words, regions=regions, is_main=is_main)
            for cpv, own_words, regions, is_main in services
        ],
        update_conflicts=True,
        unique_fields=["supplier", "cpv"],
        update_fields=["words", "regions", "is_main"],
    )


def _changed(supplier, part, by, **fields):
    """Every change ends here: the version rises, the audit knows which part, the rooms above are told."""
    Supplier.objects.filter(pk=supplier.pk).update(**fields, version=F("version") + 1, changed_at=timezone.now())
    supplier.refresh_from_db()
    audit.record("supplier.changed", supplier, by=by, part=part)
    tell_changed(supplier)
    return supplier


# --- References -------------------------------------------------------------------------------------------------

REFERENCE_FIELDS = ("title", "buyer_name", "year", "value_band", "is_private")


@transaction.atomic
def add_reference(supplier, *, by, **told):
    """Past work; the same told again is the one that stands there."""
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=supplier.pk)
    if twin := supplier.references.filter(**told).first():
        return twin
    if supplier.references.count() >= MOST_REFERENCES:
        raise RuleBroken(_("%(number)s references are enough: remove one first.") % {"number": MOST_REFERENCES})
    reference = Reference.objects.create(supplier=supplier, **told)
    _changed(supplier, "references", by)
    return reference


@transaction.atomic
def change_reference(reference, *, by, seen, **told):
    """Refused when somebody else changed or removed it since `seen`, the fingerprint of its fields, was read."""
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=reference.supplier_id)
    current = supplier.references.filter(pk=reference.pk).first()
    if current is None:
        raise RuleBroken(_("Somebody else has removed this reference."))
    before = reference_of(current)
    if before == told:
        return current
    if seen != fingerprint(before):
        raise RuleBroken(_("Somebody else changed this reference while you were editing. Look at it again."))
    for name, value in told.items():
        setattr(current, name, value)
    current.save(update_fields=list(told))
    _changed(supplier, "references", by)
    return current


def reference_of(reference):
    return {name: getattr(reference, name) for name in REFERENCE_FIELDS}


@transaction.atomic
def remove_reference(reference, *, by):
    """Removing it twice is removing it once."""
    supplier = Supplier.objects.select_for_update(no_key=True).get(pk=reference.supplier_id)
    removed, _rows = supplier.references.filter(pk=reference.pk).delete()
    if removed:
        _changed(supplier, "references", by)


# --- On show ----------------------------------------------------------------------------------------------------


@transaction.atomic
def list_supplier(supplier, *, by):
    """Put it on show for the first time, after the review by staff, or again."""
    changed = Supplier.objects.exclude(submitted_at=None).exclude(listed_at__isnull=False, hidden_at=None)
    if not changed.filter(pk=supplier.pk).update(listed_at=timezone.now(), hidden_at=None):
        raise RuleBroken(_("This supplier is listed already, or has not asked to be."))
    _shown_or_hidden(supplier, "supplier.listed", by)


@transaction.atomic
def hide_supplier(supplier, *, by):
    """Take it off every public page at once, by the firm's wish; what it holds is kept."""
    shown = Supplier.objects.filter(pk=supplier.pk, hidden_at=None, suspended_at=None).exclude(submitted_at=None)
    if not shown.update(hidden_at=timezone.now()):
        raise RuleBroken(_("This supplier is not on show."))
    _shown_or_hidden(supplier, "supplier.hidden", by)


@transaction.atomic
def show_supplier(supplier, *, by):
    """Take the wish to be hidden back: what was listed is on show again, what waited for its review waits again."""
    hidden = Supplier.objects.filter(pk=supplier.pk, hidden_at__isnull=False, suspended_at=None)
    if not hidden.exclude(submitted_at=None).update(hidden_at=None):
        raise RuleBroken(_("This supplier is not hidden, or our staff have taken it off."))
    _shown_or_hidden(supplier, "supplier.shown", by)


def _shown_or_hidden(supplier, verb, by):
    supplier.refresh_from_db()
    audit.record(verb, supplier, by=by)
    tell_changed(supplier)
