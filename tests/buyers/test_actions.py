import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from buyers import actions, clearance
from buyers.models import Buyer
from marketplace.accounts.models import Identifier, Representative
from marketplace.core.errors import RuleBroken
from marketplace.core.models import AuditEntry, OutboxMessage
from tests.buyers.conftest import make_known
from tests.factories.accounts import RepresentativeFactory, UserFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory

pytestmark = pytest.mark.django_db
AUTHORITY = Buyer.Kind.CONTRACTING_AUTHORITY


def begin(amina, **fields):
    return actions.begin_buying(amina.organisation, **({"kind": AUTHORITY, "by": amina} | fields))


# --- Beginning --------------------------------------------------------------------------------------------------


def test_who_writes_from_its_own_website_and_has_a_number_is_cleared_at_once(amina, leeds):
    buyer = begin(amina, is_central=True)

    assert buyer.is_cleared
    assert buyer.cleared_by is None
    assert buyer.clearance_asked_at is None
    assert (buyer.kind, buyer.is_central, buyer.slug) == (AUTHORITY, True, "leeds-council")
    entry = AuditEntry.objects.get(verb="buyer.cleared")
    assert entry.by is None
    assert entry.data["is_by_rule"] is True


def no_number(user):
    user.organisation.identifiers.all().delete()


def no_website(user):
    user.organisation.website = ""
    user.organisation.save()


def unproven_address(user):
    EmailAddress.objects.filter(user=user).update(verified=False)


def another_domain(user):
    make_known(user.organisation, website="https://bradford.example", number="")


def free_mail(user):
    EmailAddress.objects.filter(user=user).update(email="amina@mail.gmail.com")
    make_known(user.organisation, website="https://gmail.com", number="")


def only_a_viewer(user):
    Representative.objects.filter(user=user).update(role="viewer")


def shut_out(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


DOUBTS = [no_number, no_website, unproven_address, another_domain, free_mail, only_a_viewer, shut_out]


@pytest.mark.parametrize("doubt", DOUBTS)
def test_any_doubt_goes_to_staff_and_is_said(amina, leeds, doubt):
    doubt(amina)

    buyer = begin(amina)

    assert not buyer.is_cleared
    assert buyer.is_waiting
    assert clearance.what_is_open(buyer.organisation)
    assert list(Buyer.objects.waiting_for_clearance()) == [buyer]


def test_a_free_mail_address_is_named_as_the_reason(amina, leeds):
    EmailAddress.objects.filter(user=amina).update(email="leeds.council@gmail.com")

    doubts = " ".join(clearance.what_is_open(amina.organisation))

    assert "No administrator has a confirmed e-mail address at leeds.example" in doubts
    assert "anybody gets a mailbox" in doubts


def test_a_second_administrator_with_an_own_address_is_enough(amina, leeds):
    EmailAddress.objects.filter(user=amina).update(email="amina@gmail.com")
    colleague = UserFactory(email="bo@procurement.leeds.example")
    RepresentativeFactory(organisation=leeds, user=colleague, administrator=True)

    assert begin(amina).is_cleared


def test_beginning_twice_is_beginning_once(amina, leeds):
    first = begin(amina)

    assert begin(amina, kind="company") == first
    assert Buyer.objects.get().kind == AUTHORITY
    assert AuditEntry.objects.filter(verb="buyer.begun").count() == 1


def test_only_an_authority_is_part_of_central_government(amina):
    with pytest.raises(RuleBroken, match="central government"):
        begin(amina, kind="company", is_central=True)

    assert not Buyer.objects.exists()


def test_namesakes_get_addresses_of_their_own(amina, leeds):
    BuyerFactory(slug="leeds-council")

    assert begin(amina).slug == f"leeds-council-{leeds.pk}"


# --- Asking again -----------------------------------------------------------------------------------------------


def test_who_said_more_of_itself_is_cleared_when_it_asks_again(amina, leeds):
    no_number(amina)
    buyer = begin(amina)
    asked_at = buyer.clearance_asked_at
    assert actions.ask_for_clearance(buyer, by=amina).clearance_asked_at == asked_at

    Identifier.objects.create(organisation=leeds, scheme="GB-COH", value="1")

    assert actions.ask_for_clearance(buyer, by=amina).is_cleared
    cleared_at = Buyer.objects.get().cleared_at
    assert actions.ask_for_clearance(buyer, by=amina).cleared_at == cleared_at


def test_after_a_refusal_only_staff_clear_whatever_the_organisation_shows(amina, leeds, stella):
    buyer = begin(amina)
    actions.refuse_buyer(buyer, words="This is not Leeds.", by=stella)
    assert clearance.what_is_open(leeds) == []

    for _again in range(2):
        buyer = actions.ask_for_clearance(buyer, by=amina)
        assert not buyer.is_cleared
        assert buyer.is_waiting

    assert actions.clear_buyer(buyer, by=stella).is_cleared
    assert Buyer.objects.get().refused_because == ""


# --- The staff --------------------------------------------------------------------------------------------------


def test_clearing_tells_the_administrators_in_their_language(amina, stella):
    buyer = begin(amina)
    french = RepresentativeFactory(organisation=amina.organisation, user__french=True, administrator=True).user
    RepresentativeFactory(organisation=amina.organisation, editor=True)

    actions.clear_buyer(buyer, by=stella)

    buyer.refresh_from_db()
    assert (buyer.is_cleared, buyer.cleared_by) == (True, stella)
    mails = OutboxMessage.objects.filter(template="buyers/email/buyer_cleared")
    assert set(mails.values_list("to", "language")) == {(amina.email, "en"), (french.email, "fr")}
    with pytest.raises(RuleBroken, match="cleared already"):
        actions.clear_buyer(buyer, by=stella)
    assert mails.count() == 2


def test_refusing_says_why_once(amina, stella):
    buyer = begin(amina)

    actions.refuse_buyer(buyer, words="Nobody knows this office.", by=stella)

    buyer.refresh_from_db()
    assert (buyer.is_refused, buyer.refused_because) == (True, "Nobody knows this office.")
    mail = OutboxMessage.objects.get(template="buyers/email/buyer_refused")
    assert mail.context["words"] == "Nobody knows this office."
    assert "Nobody knows" not in str(AuditEntry.objects.get(verb="buyer.refused").data)
    with pytest.raises(RuleBroken, match="refused already"):
        actions.refuse_buyer(buyer, words="Again.", by=stella)


@pytest.mark.parametrize("decide", ["clear", "refuse", "correct"])
def test_nobody_decides_for_an_organisation_they_act_for(stella, decide):
    organisation = RepresentativeFactory(user=stella, administrator=True).organisation
    buyer = BuyerFactory(organisation=organisation, waiting=True)
    decisions = {
        "clear": lambda: actions.clear_buyer(buyer, by=stella),
        "refuse": lambda: actions.refuse_buyer(buyer, words="No.", by=stella),
        "correct": lambda: actions.correct_kind(buyer, kind=AUTHORITY, is_central=False, by=stella),
    }

    with pytest.raises(RuleBroken, match="a colleague has to decide"):
        decisions[decide]()

    buyer.refresh_from_db()
    assert (buyer.cleared_at, buyer.refused_at, buyer.kind) == (None, None, "company")


def test_whose_clearance_is_taken_back_publishes_nothing_that_was_scheduled(stella):
    buyer = BuyerFactory(cleared=True)
    waiting, shown = CallFactory(buyer=buyer, scheduled=True), CallFactory(buyer=buyer, published=True)
    other = CallFactory(scheduled=True)

    actions.refuse_buyer(buyer, words="Your administrator does not answer.", by=stella)

    for call in (waiting, shown, other):
        call.refresh_from_db()
    assert waiting.publish_at is None
    assert shown.publish_at < timezone.now()
    assert other.publish_at is not None


def test_the_kind_is_corrected_until_there_are_calls(stella):
    buyer = BuyerFactory()
    actions.correct_kind(buyer, kind=AUTHORITY, is_central=True, by=stella)
    buyer.refresh_from_db()
    assert (buyer.kind, buyer.is_central) == (AUTHORITY, True)
    CallFactory(buyer=buyer)

    with pytest.raises(RuleBroken, match="keeps its kind"):
        actions.correct_kind(buyer, kind="company", is_central=False, by=stella)

    buyer.refresh_from_db()
    assert buyer.kind == AUTHORITY
