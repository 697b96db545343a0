import pytest

from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry
from marketplace.introductions import actions
from marketplace.introductions.models import Shortlist, ShortlistEntry
from tests.factories.introductions import BuyerFactory, ShortlistEntryFactory, ShortlistFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def test_a_list_begun_twice_is_one_list(company, omar):
    first = actions.start_shortlist(company, name="Catering", by=omar)
    second = actions.start_shortlist(company, name="catering", by=omar)

    assert first == second
    assert (first.buyer, first.created_by) == (company, omar)
    assert AuditEntry.objects.filter(verb="shortlist.started").count() == 1


def test_without_membership_nothing_is_kept_or_changed(omar):
    entry = ShortlistEntryFactory(shortlist__buyer=BuyerFactory(organisation=omar.organisation))
    shortlist = entry.shortlist
    supplier = SupplierFactory(listed=True)
    refused = [
        lambda: actions.start_shortlist(shortlist.buyer, name="New", by=omar),
        lambda: actions.change_shortlist(shortlist, name="New", note="", version=1, by=omar),
        lambda: actions.add_to_shortlist(shortlist, supplier=supplier, by=omar),
        lambda: actions.write_note(entry, note="New", version=1, by=omar),
    ]

    for action in refused:
        with pytest.raises(RuleBroken, match="membership"):
            action()
    assert list(ShortlistEntry.objects.values_list("note", flat=True)) == [""]


def test_a_city_keeps_shortlists_too(city, amina):
    shortlist = actions.start_shortlist(city, name="Summer festival", by=amina)

    actions.add_to_shortlist(shortlist, supplier=SupplierFactory(listed=True), by=amina)

    assert shortlist.entries.count() == 1


def test_a_firm_added_twice_stands_there_once_with_its_note(company, omar):
    entry = ShortlistEntryFactory(shortlist__buyer=company, note="Good")

    again = actions.add_to_shortlist(entry.shortlist, supplier=entry.supplier, by=omar)

    assert again == entry
    assert again.note == "Good"


@pytest.mark.parametrize("trait", ["waiting", "hidden", "suspended"])
def test_only_a_listed_firm_goes_on_a_list(company, omar, trait):
    shortlist = ShortlistFactory(buyer=company)

    with pytest.raises(RuleBroken, match="not listed"):
        actions.add_to_shortlist(shortlist, supplier=SupplierFactory(**{trait: True}), by=omar)


def test_a_list_and_a_buyer_have_their_limits(company, omar, monkeypatch):
    monkeypatch.setattr(actions, "LISTS_AT_MOST", 1)
    monkeypatch.setattr(actions, "FIRMS_AT_MOST", 1)
    entry = ShortlistEntryFactory(shortlist__buyer=company)

    with pytest.raises(RuleBroken, match="1 shortlists"):
        actions.start_shortlist(company, name="Another", by=omar)
    with pytest.raises(RuleBroken, match="full"):
        actions.add_to_shortlist(entry.shortlist, supplier=SupplierFactory(listed=True), by=omar)


def test_two_who_write_one_note_notice_each_other(company, omar):
    entry = ShortlistEntryFactory(shortlist__buyer=company)

    actions.write_note(entry, note="First", version=1, by=omar)

    with pytest.raises(RuleBroken, match="colleague"):
        actions.write_note(entry, note="Second", version=1, by=omar)
    actions.write_note(entry, note="Second", version=2, by=omar)
    assert ShortlistEntry.objects.get().note == "Second"


def test_two_who_rename_one_list_notice_each_other(company, omar):
    shortlist = ShortlistFactory(buyer=company)

    actions.change_shortlist(shortlist, name="One", note="n", version=1, by=omar)

    with pytest.raises(RuleBroken, match="colleague"):
        actions.change_shortlist(shortlist, name="Two", note="", version=1, by=omar)
    assert Shortlist.objects.get().name == "One"


def test_a_list_does_not_take_the_name_of_another(company, omar):
    ShortlistFactory(buyer=company, name="Catering")
    shortlist = ShortlistFactory(buyer=company)

    with pytest.raises(RuleBroken, match="another shortlist"):
        actions.change_shortlist(shortlist, name="catering", note="", version=1, by=omar)


def test_deleting_and_removing_twice_changes_nothing_more(company, omar):
    entry = ShortlistEntryFactory(shortlist__buyer=company)
    shortlist = entry.shortlist

    for _press in range(2):
        actions.remove_from_shortlist(ShortlistEntry(pk=entry.pk, shortlist=shortlist), by=omar)
    for _press in range(2):
        actions.delete_shortlist(Shortlist(pk=shortlist.pk, buyer=company), by=omar)

    assert not Shortlist.objects.exists()
    verbs = list(AuditEntry.objects.filter(verb__startswith="shortlist").values_list("verb", flat=True))
    assert sorted(verbs) == ["shortlist.deleted", "shortlist.removed"]
