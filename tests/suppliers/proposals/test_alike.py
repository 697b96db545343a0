"""Before a draft is made its partner is told of firms of nearly the same name, and of none that is not public."""

import pytest

from suppliers.proposals import actions
from suppliers.proposals.models import Proposal
from tests.factories.proposals import PartnerConsentFactory, PartnerFactory, ProposalFactory
from tests.factories.suppliers import SupplierFactory

pytestmark = pytest.mark.django_db
NEW = "/workspace/firms/new/"
QUESTION = "Is it one of these?"
DRAFT = {
    "country_code": "FR",
    "name": "Baobab Proprete",
    "town": "Saint-Denis",
    "summary": "Nous nettoyons des bureaux.",
    "summary_language": "fr",
    "services": ["90911200"],
    "language": "fr",
    "source": "Our members’ list",
}


@pytest.fixture
def send(as_user, omar, partner):
    """`send(...)` presses the button under the form; the answer."""
    browser = as_user(omar)
    return lambda **changes: browser.post(NEW, DRAFT | changes)


def baobab(name="Baobab Propreté", country="FR", town="Bobigny", **supplier):
    return SupplierFactory(organisation__name=name, organisation__country=country, organisation__town=town, **supplier)


def test_a_listed_firm_of_nearly_the_name_is_shown_before_anything_is_saved(send, words):
    firm = baobab(listed=True)

    response = send()

    said = words(response)
    assert response.status_code == 422
    assert QUESTION in said
    assert "Baobab Propreté , Bobigny" in said
    assert f'href="{firm.get_absolute_url()}"' in response.content.decode()
    assert "Our members’ list" in response.content.decode()
    assert not Proposal.objects.exists()


def test_whoever_says_that_it_is_none_of_them_goes_on(send):
    firm = baobab(listed=True)

    assert send(seen=[firm.organisation_id]).url == "/workspace/firms/"
    assert Proposal.objects.get().name == "Baobab Proprete"


def test_one_that_came_meanwhile_is_shown_too(send, words):
    first, second = baobab(listed=True), baobab(name="Baobab Propretés", listed=True)

    response = send(seen=[first.organisation_id])

    assert response.status_code == 422
    assert second.organisation.name in words(response)


@pytest.mark.parametrize("nonsense", [["0"], ["'--", "\x00"], ["9" * 40]])
def test_what_was_never_shown_counts_for_nothing(send, nonsense):
    baobab(listed=True)

    assert send(seen=nonsense).status_code == 422


@pytest.mark.parametrize(
    "unseen",
    [
        {},
        {"waiting": True},
        {"hidden": True},
        {"suspended": True},
        {"listed": True, "audience": "members"},
    ],
)
def test_a_firm_that_is_not_public_is_not_told(send, unseen):
    """The same answer as without it; that the question is asked at all is shown above."""
    baobab(**unseen)

    assert send().url == "/workspace/firms/"


def test_the_draft_of_another_association_is_not_told(send):
    ProposalFactory(partner=PartnerFactory(), supplier=baobab(), name="Baobab Propreté", asked=True)

    assert send().url == "/workspace/firms/"


@pytest.mark.parametrize("other", [{"name": "Kelivanta Traiteur"}, {"country": "BE"}])
def test_another_name_or_another_country_asks_nothing(send, other):
    baobab(listed=True, **other)

    assert send().url == "/workspace/firms/"


def test_the_partners_own_open_draft_is_offered_again(send, partner, words):
    draft = ProposalFactory(partner=partner, supplier=baobab(), name="Baobab Propreté")

    response = send()

    assert f"/workspace/firms/{draft.pk}/" in response.content.decode()
    assert "Open your draft" in words(response)


def test_a_second_press_makes_no_second_draft(send):
    send()

    assert send().status_code == 422
    assert Proposal.objects.count() == 1


def test_an_accepted_firm_is_told_as_the_board_tells_it(send, partner, owner, words):
    """By the name it was drafted under, without what the firm has become since."""
    proposal = actions.propose(baobab(), email=owner.email, source="A list", language="fr", partner=partner)
    actions.accept_proposal(proposal, shares_standing=False, by=owner)
    firm = proposal.supplier.organisation
    firm.name, firm.town = "Tout autre nom", "Secret-Ville"
    firm.save()

    said = words(send())

    assert "Baobab Propreté · on your board" in said
    assert "Tout autre nom" not in said
    assert "Secret-Ville" not in said


def test_a_firm_that_shares_its_standing_is_told_by_its_name(send, partner, words):
    firm = baobab(hidden=True)
    PartnerConsentFactory(partner=partner, organisation=firm.organisation)

    assert "Baobab Propreté · on your board" in words(send())


def test_at_most_five_are_shown(send, words):
    for number in range(7):
        baobab(name=f"Baobab Propreté {number}", listed=True)

    assert words(send()).count("Look at its page") == 5
