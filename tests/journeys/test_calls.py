"""A city's call from the first word to the feedback, in French; and a company's call that only members may see."""

from datetime import timedelta

import pytest
from django.utils import timezone

from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.calls.amendments.models import Amendment
from marketplace.calls.law.loading import load_laws
from marketplace.calls.models import Call, Status
from marketplace.calls.responses.models import Submission
from tests.factories.billing import GrantFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.suppliers import SupplierFactory
from tests.journeys.checks import looked_at
from tests.journeys.coming_in import sign_in
from tests.journeys.upload import file
from tests.people import acts_for, person
from tests.suppliers.files.samples import pdf

CITY, FIRM, RIVAL = "amina@valmorel.example", "awa@baobab.example", "leo@rival.example"
COMPANY, OUTSIDER = "bea@company.example", "zed@elsewhere.example"
TITLE = "Nettoyage de trois écoles"
LOTS = ("École Jean-Macé", "École Jules-Ferry", "École des Tilleuls")
QUESTION, ANSWER = "Les produits sont-ils fournis ?", "Oui, par la ville, à chaque école."
WORDS = "Une équipe de quatre personnes, tôt le matin, avec des produits sans parfum."


@pytest.fixture
def city(media, settings, tmp_path):
    settings.VAR = tmp_path
    load_laws()
    organisation = acts_for(
        person(CITY, "Amina Yorke", language="fr", time_zone="Europe/Paris"), "Ville de Valmorel", country="FR"
    )
    return BuyerFactory(organisation=organisation, authority=True, cleared=True)


@pytest.fixture
def firms(db):
    for email, name, firm in ((FIRM, "Awa Sarr", "Baobab Propreté"), (RIVAL, "Léo Grand", "Propreté du Val")):
        organisation = acts_for(
            person(email, name, language="fr", time_zone="Europe/Paris"), firm, country="FR", town="Caen"
        )
        SupplierFactory(organisation=organisation, listed=True)


@pytest.fixture
def later(monkeypatch):
    """`later(days=15)` puts the clock of the product forward."""
    true_now = timezone.now

    def shift(**ahead):
        monkeypatch.setattr(timezone, "now", lambda: true_now() + timedelta(**ahead))

    return shift


def test_a_city_publishes_three_lots_and_a_firm_responds_on_a_phone(look, inbox, city, firms, later):
    desk = look.desk(language="fr")
    sign_in(desk, CITY)
    desk.wait_for_url("**/workspace/")
    write(desk)
    publish(desk)
    call = Call.objects.get()
    assert (call.status(), call.route, call.lots.count()) == (Status.OPEN, "here", 3)
    assert TITLE in inbox(CITY)

    phone = look.phone(language="fr")
    sign_in(phone, FIRM)
    phone.wait_for_url("**/workspace/")
    ask(phone, call)
    respond(phone, call, 1)
    first = Submission.objects.get()
    hears(inbox, FIRM, first.sha256)
    other = look.phone(language="fr")
    sign_in(other, RIVAL)
    other.wait_for_url("**/workspace/")
    respond(other, call, 1)

    answer(desk, call)
    hears(inbox, FIRM, ANSWER)
    amend(desk, call)
    assert Amendment.objects.get().is_material
    hears(inbox, FIRM, "Soixante salles")
    confirm(phone, call)
    hears(inbox, FIRM, first.sha256)
    confirm(other, call)

    desk.goto(f"/fr/workspace/calls/{call.slug}/responses/")
    looked_at(desk)
    assert "Baobab" not in desk.inner_text("main")
    later(days=45)
    for page, email in ((desk, CITY), (phone, FIRM)):
        page.context.clear_cookies()
        sign_in(page, email)
        page.wait_for_url("**/workspace/")
    open_and_award(desk, call)
    call.refresh_from_db()
    assert call.status() == Status.AWARDED
    hears(inbox, RIVAL, "une autre équipe")
    hears(inbox, FIRM, "La meilleure organisation du travail.")
    phone.goto(f"/fr{call.get_absolute_url()}")
    looked_at(phone)
    assert "Baobab Propreté" in phone.inner_text("main")


def hears(inbox, email, words):
    """Among the mails that the person gets, one says so."""
    while words not in inbox(email):
        continue


def write(desk):
    desk.goto("/fr/workspace/calls/new/")
    looked_at(desk)
    desk.fill("input[name=title]", TITLE)
    desk.locator("main form button[type=submit]").last.click()
    desk.wait_for_url("**/what/")
    looked_at(desk)
    desk.fill("textarea[name=description]", "Trois écoles, chaque soir d’école, pendant deux ans.")
    go_on(desk, "**/lots/")
    for place, lot in enumerate(LOTS):
        desk.locator("main a[href$='/lots/new/']" if place else "main a[href$='/lots/1/']").first.click()
        looked_at(desk)
        desk.fill("input[name=title]", lot)
        desk.fill("input[name=cpv_words]", "nettoyage d’écoles")
        desk.locator("input[name=cpv]").first.check()
        desk.fill("input[name=regions_words]", "Calvados")
        desk.locator("input[name=regions]").first.check()
        desk.fill("input[name=high]", "12 000")
        go_on(desk, "**/lots/")
    looked_at(desk)
    desk.locator("main a.button[href$='/when/']").first.click()
    looked_at(desk)
    desk.select_option("select[name=zone]", "Europe/Paris")
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    desk.fill("input[name=response_on]", day)
    desk.fill("input[name=response_time]", "12:00")
    go_on(desk, "**/who/")
    looked_at(desk)
    assert desk.locator("input[name=evidence_tiers], input[name=audience]").count() == 0
    desk.check("input[name=route][value=here]")
    go_on(desk, "**/documents/")
    desk.set_input_files("input[name=files]", [file("Cahier des charges.pdf", pdf())])
    desk.locator("main form[enctype] button[type=submit]").first.click()
    desk.get_by_text("Cahier des charges").first.wait_for()
    looked_at(desk)


def go_on(desk, address):
    desk.locator("button[name=then][value=next]").click()
    desk.wait_for_url(address)


def publish(desk):
    desk.goto(f"/fr/workspace/calls/{Call.objects.get().slug}/check/")
    looked_at(desk)
    box = desk.locator("input[name=is_notice_settled]")
    if box.count():
        box.check()
    desk.locator("main form button[type=submit]").last.click()
    desk.wait_for_url(lambda address: "/check/" not in address)
    looked_at(desk)


def ask(phone, call):
    phone.goto(f"/fr{call.get_absolute_url()}")
    looked_at(phone)
    phone.click("main a[href$='/questions/']")
    looked_at(phone)
    phone.fill("textarea[name=text]", QUESTION)
    phone.locator("main form button[type=submit]").last.click()
    phone.wait_for_url(lambda address: True)
    phone.goto(f"/fr{call.get_absolute_url()}")
    assert QUESTION not in phone.inner_text("main")


def respond(phone, call, number):
    phone.goto(f"/fr{call.get_absolute_url()}lots/{number}/response/")
    looked_at(phone)
    phone.fill("textarea[name=message]", WORDS)
    phone.fill("input[name=price]", "9 800")
    phone.set_input_files("input[name=files]", [file("Offre.pdf", pdf())])
    phone.click("button[name=do][value=submit]")
    phone.locator(".seal__hash").first.wait_for()
    looked_at(phone)


def answer(desk, call):
    desk.goto(f"/fr/workspace/calls/{call.slug}/questions/")
    looked_at(desk)
    assert "Baobab" not in desk.content()
    desk.locator("main textarea").first.fill(ANSWER)
    desk.locator("main form button[type=submit]").last.click()
    desk.get_by_text(ANSWER).first.wait_for()
    looked_at(desk)


def amend(desk, call):
    desk.goto(f"/fr/workspace/calls/{call.slug}/amendment/")
    desk.locator("main form[action$='/begin/'] button").click()
    desk.locator("main a[href$='/amendment/lots/1/']").click()
    looked_at(desk)
    desk.fill("textarea[name=description]", "Soixante salles au lieu de cinquante.")
    desk.locator("main form.form .form__actions button").first.click()
    desk.wait_for_url("**/amendment/")
    looked_at(desk)
    assert "Soixante salles" in desk.inner_text("main")
    form = desk.locator("main form:has(textarea[name=words])")
    form.locator("textarea[name=words]").fill("Une aile s’ajoute.")
    form.locator("button[type=submit]").last.click()
    desk.wait_for_url(lambda address: "/amendment/" not in address)


def confirm(phone, call):
    phone.goto(f"/fr{call.get_absolute_url()}lots/1/response/")
    looked_at(phone)
    phone.click("button[name=do][value=confirm]")
    phone.locator("button[name=do][value=confirm]").wait_for(state="detached")


def open_and_award(desk, call):
    desk.goto(f"/fr/workspace/calls/{call.slug}/responses/")
    desk.locator("main form button[type=submit]").last.click()
    desk.get_by_text("Baobab Propreté").first.wait_for()
    looked_at(desk)
    desk.get_by_role("link", name="Baobab Propreté").click()
    looked_at(desk)
    assert WORDS in desk.inner_text("main")
    for number in (1, 2, 3):
        desk.goto(f"/fr/workspace/calls/{call.slug}/lots/{number}/award/")
        looked_at(desk)
        chosen = desk.locator("main input[type=checkbox][name^=chosen_]")
        if chosen.count():
            panel = desk.locator("main form .panel, main form section").filter(has_text="Baobab").first
            panel.locator("input[type=checkbox]").check()
            for words in desk.locator("main textarea[name^=feedback_]").all():
                words.fill("Votre offre était complète ; une autre équipe était plus nombreuse.")
        desk.check(f"input[name=outcome][value={'award' if chosen.count() else 'unsuccessful'}]")
        desk.fill("textarea[name=words]", "La meilleure organisation du travail.")
        desk.click("button[name=do][value=decide]")
        desk.wait_for_load_state()
        looked_at(desk)


def test_a_company_publishes_for_members_alone(look, inbox, firms):
    organisation = acts_for(person(COMPANY, "Bea Lind", time_zone="Europe/London"), "Northern Rail Foods", town="York")
    BuyerFactory(organisation=organisation, kind=Buyer.Kind.COMPANY, cleared=True)
    person(OUTSIDER, "Zed Novak")
    member = acts_for(person("ines@member.example", "Ines Costa"), "Harbour Bank", town="York")
    GrantFactory(organisation=member, everything=True)
    desk = look.desk()
    sign_in(desk, COMPANY)
    desk.wait_for_url("**/workspace/")
    desk.goto("/workspace/calls/new/")
    desk.fill("input[name=title]", "Catering for two canteens")
    desk.locator("main form button[type=submit]").last.click()
    desk.wait_for_url("**/what/")
    desk.fill("textarea[name=description]", "Hot meals at noon for two hundred people.")
    go_on(desk, "**/lots/")
    desk.locator("main a[href$='/lots/1/']").first.click()
    desk.fill("input[name=cpv_words]", "catering")
    desk.locator("input[name=cpv]").first.check()
    desk.fill("input[name=regions_words]", "Leeds")
    desk.locator("input[name=regions]").first.check()
    go_on(desk, "**/lots/")
    desk.locator("main a.button[href$='/when/']").first.click()
    desk.select_option("select[name=zone]", "Europe/London")
    desk.fill("input[name=response_on]", (timezone.localdate() + timedelta(days=20)).isoformat())
    desk.fill("input[name=response_time]", "17:00")
    go_on(desk, "**/who/")
    looked_at(desk)
    desk.check("input[name=audience][value=members]")
    desk.check("input[name=evidence_tiers][value=documented]")
    go_on(desk, "**/documents/")
    desk.goto(f"/workspace/calls/{Call.objects.get().slug}/check/")
    looked_at(desk)
    desk.locator("main form button[type=submit]").last.click()
    desk.wait_for_url(lambda address: "/check/" not in address)
    call = Call.objects.get()
    assert (call.status(), call.audience, call.evidence_tiers) == (Status.OPEN, "members", ["documented"])
    assert "Catering" in inbox(COMPANY)

    visitor = look.phone()
    assert visitor.goto(call.get_absolute_url()).status == 404
    visitor.goto("/calls/")
    looked_at(visitor)
    assert "Catering for two canteens" not in visitor.inner_text("main")
    for email, status in ((OUTSIDER, 404), ("ines@member.example", 200), (FIRM, 200)):
        page = look.phone()
        sign_in(page, email)
        page.wait_for_url("**/workspace/")
        assert page.goto(call.get_absolute_url()).status == status, email
    looked_at(page)
    assert Organisation.objects.filter(buyer__calls=call).exists()
