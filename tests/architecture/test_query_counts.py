"""Every list costs the same queries for one row as for five."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.admin.viewsets import viewsets

from marketplace.core import audit, outbox
from marketplace.core.staff import StaffViewSet
from marketplace.core.ui import ListView
from suppliers.models import Capability
from tests.architecture.addresses import of_every_app
from tests.factories.accounts import InvitationFactory, JoinRequestFactory, OrganisationFactory, RepresentativeFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db


def add_supplier(person, number):
    supplier = SupplierFactory(listed=True, languages=["en", "tr"])
    Capability.objects.create(supplier=supplier, cpv="90911200", words="Cleaning")


def add_representative(person, number):
    RepresentativeFactory(organisation=person.organisation)
    InvitationFactory(organisation=person.organisation)


def add_join_request(person, number):
    JoinRequestFactory(organisation=person.organisation)


def add_standing(person, number):
    RepresentativeFactory(user=person)


def add_mail(person, number):
    outbox.post("accounts/email/representative_removed", to=f"p{number}@example.org", organisation="Atlas")


def add_audit_entry(person, number):
    audit.record("organisation.changed", OrganisationFactory(), by=person)


#: Address of the list, who opens it, and what adds one row.
LISTS = {
    "/workspace/people/": ("omar", add_representative),
    "/workspace/requests/": ("omar", add_join_request),
    "/account/": ("omar", add_standing),
    "/staff/organisations/": ("stella", lambda person, number: OrganisationFactory()),
    "/staff/users/": ("stella", lambda person, number: RepresentativeFactory()),
    "/staff/requests/": ("stella", lambda person, number: JoinRequestFactory()),
    "/staff/mails/": ("stella", add_mail),
    "/staff/audit/": ("stella", add_audit_entry),
    "/staff/supplier-review/": ("stella", add_supplier),
}
#: Where the lists of the classes stand; a new one without an address here fails below.
LIST_VIEWS = {"JoinRequestList": "/workspace/requests/"}
LISTS |= of_every_app("LISTS")
LIST_VIEWS |= of_every_app("LIST_VIEWS")


def queries_for(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured), [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("address", LISTS)
def test_five_rows_cost_as_many_queries_as_one(address, as_user, omar, stella):
    people = {"omar": omar, "stella": stella}
    name, add = LISTS[address]
    person, browser = people[name], as_user(people[name])
    add(person, 1)
    one, first = queries_for(browser, address)
    for number in range(2, 6):
        add(person, number)
    five, second = queries_for(browser, address)

    assert five == one, "\n".join(sql for sql in second if sql not in first)


def test_every_list_is_in_the_table():
    product = [view for view in ListView.__subclasses__() if not view.__module__.startswith("tests")]
    assert {view.__name__ for view in product} == set(LIST_VIEWS)
    assert set(LIST_VIEWS.values()) <= LISTS.keys()
    ours = [viewset for viewset in registered(viewsets.viewsets) if isinstance(viewset, StaffViewSet)]
    assert len(ours) >= 6
    assert {f"/staff/{viewset.url_prefix}/" for viewset in ours} <= LISTS.keys()


def registered(entries):
    """Screens of the back office, also those inside a group."""
    for entry in entries:
        yield entry
        yield from registered(getattr(entry, "registerables", []))


def test_the_counting_sees_a_query_per_row(as_user, omar):
    from marketplace.accounts.models import Organisation

    for _ in range(3):
        OrganisationFactory()
    with CaptureQueriesContext(connection) as captured:
        for organisation in Organisation.objects.all():
            list(organisation.representatives.all())

    assert len(captured) == 1 + Organisation.objects.count()
