"""What a batch of understood rows does to the database: finds the firms that are here, makes those that are not.

A firm is found by a register's number, else by its source and key, else by VAT number and name together. A firm that
somebody acts for is never changed: its profile is its owner's.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.text import slugify
from django.utils.timezone import now

from marketplace.accounts.models import Identifier, Organisation, Representative
from marketplace.core.copying import copy_models
from marketplace.core.vocab import words
from suppliers.imports.models import Import, ImportRow, Outcome, SourceKey
from suppliers.imports.rows import Draft, Problem
from suppliers.models import Capability, Supplier
from suppliers.proposals.bulk import ProposalRow, propose_many

ORGANISATION_FIELDS = ("vat_number", "website", "street", "postcode", "town")
SUPPLIER_FIELDS = ("based_in", "summary", "languages", "regions", "size_band", "founded_year")
#: Remarks that come from what is here already, not from the row itself.
DECIDED = {"twice", "kept", "not-a-supplier", "ambiguous"}


@dataclass
class Entry:
    """One row on its way: what it says, and what becomes of it."""

    number: int
    name: str
    draft: Draft | None
    problems: list[Problem]
    outcome: str = Outcome.REPORTED
    supplier: Supplier | None = None
    before: dict | None = None
    source_key: SourceKey | None = field(default=None, repr=False)
    #: Nothing is written for it but the report.
    is_settled: bool = False

    def afresh(self) -> "Entry":
        """The same row as it was before anything was decided about it."""
        own = [problem for problem in self.problems if problem[1] not in DECIDED]
        return Entry(self.number, self.name, self.draft, own)

    def report(self, code: str) -> None:
        self.outcome, self.is_settled = Outcome.REPORTED, True
        self.problems.append(["name", code, ""])


@transaction.atomic
def write_batch(of_import: Import, entries: list[Entry], *, seen: set[str] | None = None) -> Counter:
    """Write rows and what became of them; counts by outcome. `seen` are keys of earlier rows that are not stored."""
    fresh = _first_of_each(of_import, entries, seen or set())
    found = _Found(of_import.source, fresh)
    new = []
    for entry in fresh:
        known = found.supplier_of(entry)
        if entry.is_settled:
            continue
        if known is None:
            new.append(entry)
        else:
            _update(entry, known)
    _create(of_import, new)
    _remember(of_import, fresh)
    copy_models(
        ImportRow(
            of_import=of_import,
            number=entry.number,
            name=entry.name[:200],
            key=entry.draft.key if entry.draft and not _is_twice(entry) else "",
            outcome=entry.outcome,
            problems=entry.problems,
            supplier=entry.supplier,
            before=entry.before,
            version_made=entry.supplier.version if entry.before is not None and entry.supplier else None,
        )
        for entry in entries
    )
    return Counter(entry.outcome for entry in entries)


def _is_twice(entry: Entry) -> bool:
    return any(code == "twice" for _name, code, _typed in entry.problems)


def _first_of_each(of_import: Import, entries: list[Entry], seen: set[str]) -> list[Entry]:
    """The understood rows; of several that are one firm the first, be it in an earlier batch."""
    keys = [entry.draft.key for entry in entries if entry.draft]
    taken = set(ImportRow.objects.filter(of_import=of_import, key__in=keys).values_list("key", flat=True))
    taken.update(seen.intersection(keys))
    fresh, numbers = [], set()
    for entry in entries:
        if entry.draft is None:
            continue
        if entry.draft.key in taken or (entry.draft.identifier and entry.draft.identifier in numbers):
            entry.report("twice")
            continue
        taken.add(entry.draft.key)
        numbers.add(entry.draft.identifier)
        fresh.append(entry)
    return fresh


class _Found:
    """The firms of a batch that are here already, looked up in a few queries."""

    def __init__(self, source: str, entries: list[Entry]) -> None:
        drafts = [entry.draft for entry in entries if entry.draft]
        numbers = {draft.identifier for draft in drafts if draft.identifier}
        identifiers = Identifier.objects.filter(
            scheme__in={scheme for scheme, _value in numbers}, value__in={value for _scheme, value in numbers}
        )
        self.by_number = {(row.scheme, row.value): row.organisation_id for row in identifiers}
        keys = SourceKey.objects.filter(source=source, key__in=[draft.key for draft in drafts])
        self.by_key = {row.key: row for row in keys}
        vats = {draft.vat_number for draft in drafts if draft.vat_number}
        self.by_vat = {
            (row.vat_number, _plain(row.name)): row.pk for row in Organisation.objects.filter(vat_number__in=vats)
        }
        wanted = Q(organisation__in={*self.by_number.values(), *self.by_vat.values()})
        wanted |= Q(pk__in=[row.supplier_id for row in self.by_key.values()])
        has_people = Exists(Representative.objects.filter(organisation=OuterRef("organisation")))
        rows = Supplier.objects.filter(wanted).annotate(has_people=has_people).select_related("organisation")
        suppliers = list(rows.prefetch_related("capabilities").select_for_update(of=("self",)))
        self.by_organisation = {supplier.organisation_id: supplier for supplier in suppliers}
        self.by_pk = {supplier.pk: supplier for supplier in suppliers}

    def supplier_of(self, entry: Entry) -> Supplier | None:
        """The supplier this row is about; a remark is added where it may not be changed."""
        draft = entry.draft
        assert draft is not None
        entry.source_key = self.by_key.get(draft.key)
        by_key = self.by_pk.get(entry.source_key.supplier_id) if entry.source_key else None
        organisation = self.by_number.get(draft.identifier) if draft.identifier else None
        if organisation is None and by_key is None and draft.vat_number:
            organisation = self.by_vat.get((draft.vat_number, _plain(draft.name)))
        known = self.by_organisation.get(organisation) if organisation else by_key
        if organisation and known is None:
            entry.report("not-a-supplier")
        elif organisation and by_key and by_key is not known:
            entry.report("ambiguous")
        elif known and (known.has_people or known.submitted_at):
            entry.supplier = known
            entry.report("kept")
            if entry.source_key and entry.source_key.digest == draft.digest:
                entry.outcome = Outcome.UNCHANGED
        return known


def _plain(name: str) -> str:
    return " ".join(words.split(name))


def _update(entry: Entry, supplier: Supplier) -> None:
    """What the row says replaces what stands there; what it does not say stays."""
    draft = entry.draft
    assert draft is not None
    entry.supplier = supplier
    if entry.source_key and entry.source_key.digest == draft.digest:
        entry.outcome = Outcome.UNCHANGED
        return
    organisation, before = supplier.organisation, {"organisation": {}, "supplier": {}, "services": None}
    for row, names, part in (
        (organisation, ORGANISATION_FIELDS, "organisation"),
        (supplier, SUPPLIER_FIELDS, "supplier"),
    ):
        for name in names:
            said = getattr(draft, name)
            if said and said != getattr(row, name):
                before[part][name] = getattr(row, name)
                setattr(row, name, said)
    codes = [capability.cpv for capability in supplier.capabilities.all()]
    if draft.services and set(draft.services) != set(codes):
        before["services"] = codes
        replace_services(supplier, draft.services)
    if not before["organisation"] and not before["supplier"] and before["services"] is None:
        entry.outcome = Outcome.UNCHANGED
        return
    save_changed(supplier, before)
    entry.outcome, entry.before = Outcome.UPDATED, before


def replace_services(supplier: Supplier, codes: list[str]) -> None:
    supplier.capabilities.exclude(cpv__in=codes).delete()
    Capability.objects.bulk_create([Capability(supplier=supplier, cpv=code) for code in codes], ignore_conflicts=True)


def save_changed(supplier: Supplier, changed: dict) -> None:
    """Save the fields that are named in `changed`, and count the change."""
    if changed["organisation"]:
        supplier.organisation.version += 1
        supplier.organisation.save(update_fields=[*changed["organisation"], "version"])
    supplier.version += 1
    supplier.changed_at = now()
    supplier.save(update_fields=[*changed["supplier"], "version", "changed_at"])


def _create(of_import: Import, entries: list[Entry]) -> None:
    pairs = [(entry, entry.draft) for entry in entries if entry.draft]
    organisations = copy_models(
        (
            Organisation(
                name=draft.name, country=draft.country, **{name: getattr(draft, name) for name in ORGANISATION_FIELDS}
            )
            for _entry, draft in pairs
        ),
        are_keyed=True,
    )
    copy_models(
        Identifier(organisation=organisation, scheme=draft.identifier[0], value=draft.identifier[1])
        for organisation, (_entry, draft) in zip(organisations, pairs, strict=True)
        if draft.identifier
    )
    slugs = _slugs(organisations)
    suppliers = copy_models(
        (
            Supplier(
                organisation=organisation,
                slug=slug,
                summary_language=of_import.language,
                **{name: getattr(draft, name) for name in SUPPLIER_FIELDS},
            )
            for organisation, slug, (_entry, draft) in zip(organisations, slugs, pairs, strict=True)
        ),
        are_keyed=True,
    )
    copy_models(
        Capability(supplier=supplier, cpv=code)
        for supplier, (_entry, draft) in zip(suppliers, pairs, strict=True)
        for code in draft.services
    )
    for supplier, (entry, _draft) in zip(suppliers, pairs, strict=True):
        entry.supplier, entry.outcome = supplier, Outcome.CREATED
    propose_many(
        (
            ProposalRow(supplier.pk, draft.email, of_import.source, of_import.language)
            for supplier, (_entry, draft) in zip(suppliers, pairs, strict=True)
        ),
        by=of_import.started_by,
    )


def _slugs(organisations: list[Organisation]) -> list[str]:
    plain = [slugify(organisation.name)[:60] or "firm" for organisation in organisations]
    taken = set(Supplier.objects.filter(slug__in=plain).values_list("slug", flat=True))
    found = []
    for organisation, slug in zip(organisations, plain, strict=True):
        found.append(f"{slug}-{organisation.pk}" if slug in taken else slug)
        taken.add(slug)
    return found


def _remember(of_import: Import, entries: list[Entry]) -> None:
    """By which key the source knows each firm, and what it said of it the last time."""
    known = [entry for entry in entries if entry.supplier and entry.draft]
    changed, new = [], []
    for entry in known:
        assert entry.draft is not None
        if entry.source_key is None:
            key = SourceKey(
                source=of_import.source, key=entry.draft.key, supplier=entry.supplier, digest=entry.draft.digest
            )
            new.append(key)
        elif entry.source_key.digest != entry.draft.digest:
            entry.source_key.digest = entry.draft.digest
            changed.append(entry.source_key)
    copy_models(new)
    SourceKey.objects.bulk_update(changed, ["digest"])
