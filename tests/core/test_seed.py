import io

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from buyers.models import Buyer
from marketplace.accounts.models import Identifier, JoinRequest, Organisation, User
from marketplace.accounts.seed import STAFF
from marketplace.core import demo, registry
from marketplace.core.invariants import breaches
from marketplace.core.vocab import cpv
from suppliers.models import Supplier
from suppliers.trades import LANGUAGES, TRADES

pytestmark = pytest.mark.django_db


@pytest.fixture
def seed(settings):
    settings.DEMO = True

    def run(**options):
        out = io.StringIO()
        call_command("seed_demo", stdout=out, **({"suppliers": 30} | options))
        return out.getvalue()

    return run


def world():
    return (
        list(Supplier.objects.order_by("slug").values_list("slug", "summary", "languages", "founded_year")),
        list(Organisation.objects.order_by("name", "pk").values_list("name", "country", "town")),
        list(User.objects.order_by("email").values_list("email", "full_name")),
    )


def test_a_world_is_planted_and_a_second_run_adds_nothing(seed):
    seed()
    first = world()
    seed()

    assert world() == first
    assert Supplier.objects.count() == 30
    assert (Buyer.objects.companies().count(), Buyer.objects.contracting_authorities().count()) == (20, 5)
    assert JoinRequest.objects.waiting().count() == 2
    assert set(Identifier.objects.values_list("scheme", flat=True)) == {demo.SCHEME}


def test_the_same_seed_makes_the_same_world_and_another_makes_another(seed):
    seed()
    first = world()
    with connection.cursor() as cursor:
        # A published call is not deleted by anybody.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE calls_call CASCADE")
    Organisation.objects.all().delete()
    User.objects.all().delete()

    seed()
    assert world() == first
    seed(seed=2)
    assert Supplier.objects.count() == 60


def test_more_suppliers_are_added_to_those_that_are_there(seed):
    seed()
    first = set(Supplier.objects.values_list("slug", flat=True))

    seed(suppliers=40)

    assert Supplier.objects.count() == 40
    assert first < set(Supplier.objects.values_list("slug", flat=True))


def test_every_sign_in_is_printed_and_works(seed, client):
    said = seed()

    assert demo.PASSWORD in said
    for person in demo.sign_ins:
        assert person.email in said
        assert User.objects.get(email=person.email).check_password(demo.PASSWORD)
    assert Authenticator.objects.filter(user__email=STAFF.email, type=Authenticator.Type.TOTP).count() == 1
    assert User.objects.get(email=STAFF.email).has_perm("wagtailadmin.access_admin")
    assert said.splitlines()[-1].startswith(
        "seed_demo: staff=1 suppliers=30 receipts=30 evidence=30 files=0 partners=1 buyers=20 cities=5 grants=2 "
        "directory=0 shortlists=2 requests=2 searches=2 calls=40 clauses=40 amendments=3 awards=4 matches=26 seed=1 "
        "seconds="
    )


def test_the_seeded_world_breaks_no_invariant(seed):
    seed()

    assert len(registry.invariants) > 3
    assert breaches(timezone.now()) == []


def test_people_who_are_there_are_left_alone(settings, zed):
    settings.DEMO = False

    with pytest.raises(CommandError, match="has people in it"):
        call_command("seed_demo", suppliers=1)

    assert not Supplier.objects.exists()


def test_an_empty_database_may_be_seeded_outside_the_demo(settings):
    settings.DEMO = False

    call_command("seed_demo", suppliers=1, stdout=io.StringIO())

    assert Supplier.objects.count() == 1


def test_every_trade_has_real_codes_and_words_in_every_language():
    for trade in TRADES:
        assert all(cpv.exists(code) for code in trade.codes)
        assert set(trade.words) == set(LANGUAGES)


def test_the_sign_in_page_exists_in_the_demo_only(seed, client, settings):
    seed()
    code = Authenticator.objects.get(user__email=STAFF.email).wrap()

    page = client.get("/dev/sign-ins/").content.decode()
    shown = page.split("Code for the second step:")[1].split("<code>")[1].split("</code>")[0]
    assert code.validate_code(shown)
    settings.DEMO = False
    assert client.get("/dev/sign-ins/").status_code == 404
