import re

import pytest
from django.urls import reverse

from marketplace.core.models import AuditEntry
from suppliers import actions
from suppliers.models import Reference, Supplier
from suppliers.registration import steps
from tests.factories.accounts import RepresentativeFactory
from tests.factories.suppliers import CapabilityFactory, ReferenceFactory, SupplierFactory
from tests.suppliers.registration.conftest import TOLD, step_address, words

pytestmark = pytest.mark.django_db
#: What each step is sent, and what then stands on the profile.
GOOD = {
    "what-we-do": (
        {"summary": "Nous nettoyons.\r\nTôt.", "summary_language": "fr", "language_0": "tr", "text_0": "Temizlik."},
        {"summary": "Nous nettoyons.\nTôt.", "summary_language": "fr", "texts": {"tr": "Temizlik."}},
    ),
    "services": (
        {"codes": ["90911200", "15811000"]},
        {"services": [["15811000", "", [], False], ["90911200", "", [], False]]},
    ),
    "where": (
        {"whole_country": "on", "regions": ["FR101", "DE3"], "based_in": ["FR101"]},
        {"regions": ["FR", "DE3"], "serves_europe": False, "based_in": "FR101"},
    ),
    "about": (
        {
            "languages": ["fr", "ar"],
            "size_band": "micro",
            "turnover_band": "100k",
            "founded_year": "2015",
            "amount": "25 000,50",
            "currency": "EUR",
        },
        {
            "languages": ["fr", "ar"],
            "size_band": "micro",
            "turnover_band": "100k",
            "founded_year": 2015,
            "largest_contract": 2500050,
            "largest_contract_currency": "EUR",
        },
    ),
    "show": ({"audience": "members", "shows_street": "on"}, {"audience": "members", "shows_street": True}),
}


def only_supplier():
    return Supplier.objects.get()


# --- The way in -------------------------------------------------------------------------------------------------


def test_the_way_in_says_what_it_costs_takes_and_brings(client):
    page = client.get("/list-your-firm/")

    said = words(page)
    assert "Nothing. Being listed, being found and being asked is free" in said
    assert "Within 3 working days you hear from us" in said
    assert "We never ask which of these is true for you" in said
    assert 'href="/account/signup/?next=%2Flist-your-firm%2Fstart%2F"' in page.content.decode()


def test_a_person_without_a_firm_comes_by_way_of_registering_one(as_user, zed):
    browser = as_user(zed)
    register = browser.get("/list-your-firm/start/").url

    assert register == "/account/organisations/new/?next=%2Fworkspace%2Fprofile%2F"
    assert browser.get(register).status_code == 200
    response = browser.post(register, {"country_code": "GB", "name": "Baobab Ltd", "town": "Leeds"})

    assert response.url == "/workspace/profile/"
    assert "Baobab Ltd" in words(browser.get(response.url))


def test_a_person_with_a_firm_goes_on_where_they_were(browser):
    assert "Go on with Atlas Propreté" in words(browser.get("/list-your-firm/"))
    assert browser.get("/fr/list-your-firm/start/").url == "/fr/workspace/profile/"


def test_signing_up_from_the_way_in_leads_back_into_it(client, mailbox_code):
    client.post(
        "/account/signup/?next=/list-your-firm/start/",
        {"full_name": "Awa", "email": "awa@x.example", "password1": "mosaic-tile-and-trade"},
    )

    assert client.post("/account/confirm-email/", {"code": mailbox_code("awa@x.example")}).url == (
        "/list-your-firm/start/"
    )


@pytest.fixture
def mailbox_code():
    from marketplace.core import outbox
    from marketplace.core.models import OutboxMessage

    return lambda address: outbox.unseal(OutboxMessage.objects.filter(to=address).latest("pk").sealed)["code"]


# --- The steps --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", GOOD)
def test_the_first_saved_step_begins_the_profile_and_leads_to_the_next(save, omar, step):
    fields, stands = GOOD[step]

    response = save(step, **fields)

    following = steps.after(steps.find(step))
    assert response.url == (following.url if following else "/workspace/profile/")
    supplier = only_supplier()
    assert supplier.organisation == omar.organisation
    assert actions.profile_of(supplier, stands) == stands
    assert not supplier.is_listed


@pytest.mark.parametrize("step", GOOD)
def test_a_step_shows_what_it_holds_and_saving_it_again_changes_nothing(save, browser, step):
    fields, stands = GOOD[step]
    save(step, **fields)
    entries = AuditEntry.objects.count()

    page = browser.get(step_address(step))
    response = save(step, **fields)

    assert page.status_code == 200
    assert response.status_code == 302
    assert AuditEntry.objects.count() == entries
    assert actions.profile_of(only_supplier(), stands) == stands


@pytest.mark.parametrize("step", GOOD)
def test_a_double_press_is_harmless(save, browser, atlas, step):
    fields, stands = GOOD[step]
    page = browser.get(step_address(step)).content.decode()
    sent = fields | {"seen": re.search(r'name="seen" value="([^"]*)"', page)[1]}

    answers = [browser.post(step_address(step), sent).status_code for _ in range(3)]

    assert answers == [302, 302, 302]
    assert actions.profile_of(only_supplier(), stands) == stands
    assert AuditEntry.objects.filter(verb="supplier.changed").count() == 1


def test_whoever_has_to_leave_finds_everything_again(save, browser):
    response = save("services", codes=["90911200"], then="leave")

    assert response.url == "/workspace/profile/"
    page = words(browser.get(response.url))
    assert "Done: Your services" in page
    assert "Say what your firm does." in page


WRONG = [
    ("what-we-do", {"summary": "", "summary_language": "fr", "text_0": "Temizlik."}, "Temizlik."),
    ("what-we-do", {"summary": "Kept words", "summary_language": "xx"}, "Kept words"),
    ("what-we-do", {"summary": "Kept words" * 200, "summary_language": "fr"}, "Kept words"),
    ("what-we-do", {"summary": "Kept\x00words", "summary_language": "fr"}, "words"),
    ("what-we-do", {"summary": "Kept", "summary_language": "fr", "language_0": "fr", "text_0": "Twice"}, "Twice"),
    ("what-we-do", {"summary": "Kept", "summary_language": "fr", "text_0": "Which language?"}, "Which language?"),
    ("services", {"codes": []}, ""),
    ("services", {"codes": ["90911200", "99999999"]}, "90911200"),
    ("where", {"regions": []}, ""),
    ("where", {"regions": ["FR101", "Mars"]}, "FR101"),
    ("where", {"regions": ["FR101"], "based_in": ["FR101", "DE3"]}, "FR101"),
    ("about", {"languages": [], "amount": "12,5,5"}, "12,5,5"),
    ("about", {"languages": ["fr"], "amount": "a lot"}, "a lot"),
    ("about", {"languages": ["fr"], "amount": "9" * 18, "currency": "EUR"}, "9" * 18),
    ("about", {"languages": ["fr"], "amount": "12.50", "currency": "JPY"}, "12.50"),
    ("about", {"languages": ["fr"], "amount": "12.50", "currency": "XXX"}, "12.50"),
    ("about", {"languages": ["fr"], "amount": "12.50"}, "12.50"),
    ("about", {"languages": ["fr"], "founded_year": "3015"}, "3015"),
    ("about", {"languages": ["fr"], "founded_year": "12"}, "12"),
    ("about", {"languages": ["fr", "klingon"], "founded_year": "1999"}, "1999"),
    ("about", {"languages": ["fr"], "size_band": "huge", "founded_year": "1999"}, "1999"),
    ("show", {"audience": "nobody"}, ""),
    ("show", {}, ""),
]


@pytest.mark.parametrize(("step", "fields", "kept"), WRONG)
def test_a_slip_is_explained_and_nothing_typed_is_lost(save, step, fields, kept):
    response = save(step, **fields)

    assert response.status_code == 422
    assert "There is a problem" in words(response)
    assert kept in response.content.decode()
    assert not Supplier.objects.exists()


@pytest.mark.parametrize("step", [*GOOD, "own-words"])
@pytest.mark.parametrize(
    "nasty", ["\x00", "' OR 1=1 --", "<script>alert(1)</script>", "{{ 7*7 }}", "9" * 5_000, "é\u202e\ufeff", "-1"]
)
def test_hostile_words_never_break_a_step(browser, atlas, step, nasty):
    CapabilityFactory(supplier=atlas)
    names = ["summary", "summary_language", "language_0", "text_0", "codes", "codes_words", "regions", "based_in"]
    names += ["languages", "size_band", "founded_year", "amount", "currency", "audience", "main", "words_90911200"]

    response = browser.post(step_address(step), dict.fromkeys([*names, "seen", "then"], nasty))

    assert response.status_code in {200, 302, 422}
    assert b"<script>alert" not in browser.get("/workspace/profile/").content


def test_more_room_for_languages_comes_without_saving_anything(save):
    response = save("what-we-do", summary="Bread.", summary_language="en", language_0="fr", text_0="Pain.", more="1")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Bread." in page
    assert "Pain." in page
    assert 'name="text_1"' in page
    assert "There is a problem" not in page
    assert not Supplier.objects.exists()


def test_looking_up_a_service_without_script_saves_nothing_and_keeps_what_is_ticked(save):
    response = save("services", codes=["15811000"], codes_words="nettoyage de bureaux", look="codes")

    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="90919200"' in page
    assert 'value="15811000"' in page
    assert not Supplier.objects.exists()


def test_services_that_stay_keep_their_own_words(save, atlas):
    CapabilityFactory(supplier=atlas, cpv="90911200", words="Shops at night", regions=["FR1"], is_main=True)
    CapabilityFactory(supplier=atlas, cpv="90911300")

    save("services", codes=["90911200", "15811000"])

    assert actions.profile_of(atlas, ["services"]) == {
        "services": [["15811000", "", [], False], ["90911200", "Shops at night", ["FR1"], True]]
    }


def test_too_many_fields_bring_a_friendly_word_and_no_refusal(save, browser, atlas):
    codes = [f"{division}000000" for division in (15, 18, 22, 30, 33, 39, 45, 50, 55, 60)]

    save("services", codes=codes)
    assert "different fields" not in words(browser.get(step_address("services")))
    response = save("services", codes=[*codes, "72000000"])

    assert response.status_code == 302
    assert atlas.capabilities.count() == 11
    assert "Your services lie in 11 different fields." in words(browser.get(response.url))
    assert "Your services lie in 11 different fields." in words(browser.get(step_address("services")))


def test_each_service_has_words_and_one_is_the_main_one(save, browser, atlas):
    CapabilityFactory(supplier=atlas, cpv="90911200", is_main=True)
    CapabilityFactory(supplier=atlas, cpv="15811000", regions=["FR1"])

    response = save("own-words", words_90911200="Shops at night", words_15811000="", main="15811000", words_1="x")

    assert response.url == "/workspace/profile/references/"
    assert actions.profile_of(atlas, ["services"]) == {
        "services": [["15811000", "", ["FR1"], True], ["90911200", "Shops at night", [], False]]
    }
    assert save("own-words", main="99999999").status_code == 422


def test_own_words_come_after_services(browser, atlas):
    assert "You have not chosen any services yet." in words(browser.get(step_address("own-words")))


def test_one_service_can_be_offered_in_some_regions_only(browser, atlas):
    CapabilityFactory(supplier=atlas, cpv="90911200")
    address = reverse("service-regions", kwargs={"code": "90911200"})
    seen = actions.fingerprint(actions.profile_of(atlas, ["services"]))

    assert browser.get(address).status_code == 200
    response = browser.post(address, {"regions": ["FR1", "FR101"], "seen": seen})

    assert response.url == step_address("own-words")
    assert atlas.capabilities.get().regions == ["FR1"]
    assert "Only in: Ile-de-France." in words(browser.get(response.url))


@pytest.mark.parametrize("code", ["15811000", "x", "9" * 200])
def test_a_service_that_is_not_offered_has_no_page(browser, atlas, code):
    assert browser.get(reverse("service-regions", kwargs={"code": code})).status_code == 404


def test_regions_within_a_chosen_country_are_left_out_and_it_is_said(save, browser):
    response = save("where", regions=["FR1", "FR101", "DE3"])

    assert only_supplier().regions == ["FR1", "DE3"]
    assert "Paris is left out" in words(browser.get(response.url))


def test_an_amount_is_shown_as_it_was_meant(save, browser, atlas):
    save("about", languages=["fr"], amount="1.250.000", currency="EUR")

    assert Supplier.objects.get().largest_contract == 125_000_000
    assert 'value="1250000"' in browser.get(step_address("about")).content.decode()


@pytest.mark.parametrize("step", ["nothing", "references-x", "hide-now2", "0"])
def test_a_step_that_is_none_is_missing(browser, step):
    assert browser.get(step_address(step)).status_code == 404


# --- Two people -------------------------------------------------------------------------------------------------


def test_the_second_of_two_people_sees_what_differs_and_may_still_save(save, browser, atlas, omar):
    stale = actions.fingerprint(actions.profile_of(atlas, ["summary", "summary_language", "texts"]))
    save("what-we-do", summary="Bread and cake.", summary_language="en")

    sent = {"summary": "Bread and tea.", "summary_language": "en", "seen": stale}
    refused = browser.post(step_address("what-we-do"), sent)

    assert refused.status_code == 422
    said = words(refused)
    assert "Not saved: somebody was faster" in said
    assert "what we do Bread and cake. Bread and tea." in said
    assert only_supplier().summary == "Bread and cake."
    fresh = re.search(r'name="seen" value="([^"]*)"', refused.content.decode())[1]
    assert browser.post(step_address("what-we-do"), sent | {"seen": fresh}).status_code == 302
    assert only_supplier().summary == "Bread and tea."


@pytest.mark.parametrize("step", GOOD)
def test_a_conflict_can_be_told_in_words_for_every_step(browser, atlas, step):
    response = browser.post(step_address(step), GOOD[step][0] | {"seen": "of another day"})

    assert response.status_code == 422
    assert "What differs" in words(response)


def test_two_people_begin_one_profile_between_them(save, browser, omar):
    page = browser.get(step_address("show")).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)[1]
    save("about", languages=["fr"])

    browser.post(step_address("show"), {"audience": "members", "seen": seen})

    supplier = only_supplier()
    assert (supplier.languages, supplier.audience) == (["fr"], "members")


# --- Who may ----------------------------------------------------------------------------------------------------


def test_a_viewer_looks_and_changes_nothing(as_user, omar, zed, atlas):
    RepresentativeFactory(user=zed, organisation=omar.organisation)
    reference = ReferenceFactory(supplier=atlas)
    browser = as_user(zed)

    page = browser.get("/workspace/profile/")

    assert page.status_code == 200
    assert "/workspace/profile/what-we-do/" not in page.content.decode()
    refused = [browser.post(step_address(step), GOOD[step][0]) for step in GOOD]
    refused += [browser.post(f"/workspace/profile/references/{reference.pk}/remove/")]
    refused += [browser.post("/workspace/profile/hide-now/"), browser.post("/workspace/profile/references/", TOLD)]
    assert {response.status_code for response in refused} == {403}
    assert Reference.objects.count() == 1


def test_to_a_stranger_these_pages_do_not_exist(as_user, zed):
    browser = as_user(zed)

    assert [browser.post(step_address(step), GOOD[step][0]).status_code for step in GOOD] == [404] * len(GOOD)
    assert browser.get("/workspace/profile/").status_code == 404
    assert not Supplier.objects.exists()


def test_each_step_changes_the_firm_one_acts_for_and_no_other(save, amina):
    other = SupplierFactory(organisation=amina.organisation, summary="Ours.")

    save("what-we-do", summary="Theirs.", summary_language="en")

    other.refresh_from_db()
    assert other.summary == "Ours."


@pytest.mark.parametrize("step", [*GOOD, "own-words"])
def test_every_page_stands_in_french_too(browser, step):
    assert 'lang="fr"' in browser.get(f"/fr/workspace/profile/{step}/").content.decode()
