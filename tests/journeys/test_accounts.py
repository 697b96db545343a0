"""People come in: an account, an organisation, a colleague, a second factor."""

from marketplace.accounts.models import Organisation, Representative, User
from tests.accounts.codes import totp_code
from tests.journeys.checks import assert_accessible, assert_fits
from tests.journeys.coming_in import CODE, LINK, sign_in, sign_up
from tests.people import PASSWORD, person


def test_an_owner_comes_in_by_phone_in_french_and_a_colleague_follows(look, inbox):
    phone = look.phone(language="fr")
    phone.goto("/fr/account/signup/")
    assert_accessible(phone)
    assert_fits(phone)
    sign_up(phone, inbox, "awa@baobab.example", "Awa Sarr")
    phone.wait_for_url("**/fr/workspace/")
    assert_accessible(phone)

    phone.goto("/fr/account/organisations/new/")
    assert_accessible(phone)
    assert_fits(phone)
    phone.fill("input[name=name]", "Baobab Propreté")
    phone.fill("input[name=number]", "732 829 320")
    phone.fill("input[name=town]", "Saint-Denis")
    phone.locator("main form button[type=submit]").last.click()
    phone.wait_for_url("**/fr/workspace/")
    assert "Baobab Propreté" in phone.inner_text("h1")

    phone.goto("/fr/workspace/people/")
    assert_accessible(phone)
    assert_fits(phone)
    phone.fill("input[name=email]", "luc@baobab.example")
    phone.locator("main form:has(input[name=email][type=email]) button").last.click()
    link = LINK.search(inbox("luc@baobab.example")).group(0)

    desk = look.desk(language="fr")
    desk.goto(link)
    assert_accessible(desk)
    desk.locator("main a.button").first.click()
    assert desk.input_value("input[name=email]") == "luc@baobab.example"
    desk.fill("input[name=full_name]", "Luc Diop")
    desk.fill("input[name=password1]", PASSWORD)
    desk.locator("main form button[type=submit]").first.click()
    desk.fill("input[name=code]", CODE.search(inbox("luc@baobab.example")).group(1))
    desk.locator("main form button[type=submit]").first.click()
    desk.locator("button[name=decision][value=accept]").click()
    desk.wait_for_url("**/workspace/")

    baobab = Organisation.objects.get(name="Baobab Propreté")
    assert baobab.identifiers.get().value == "732829320"
    assert sorted(baobab.representatives.values_list("user__email", "role")) == [
        ("awa@baobab.example", "administrator"),
        ("luc@baobab.example", "editor"),
    ]
    assert User.objects.get(email="awa@baobab.example").language == "fr"
    assert "Luc Diop" in inbox("awa@baobab.example")


def test_staff_reach_the_back_office_only_after_a_second_factor(look, inbox, site):
    person("nora@tessera.example", "Nora Lind", is_staff=True, is_superuser=True)
    desk = look.desk()
    sign_in(desk, "nora@tessera.example")
    desk.wait_for_url("**/account/2fa/")

    assert_accessible(desk)
    desk.click("main a[href$='totp/activate/']")
    if desk.locator("input[name=password]").count():
        desk.fill("input[name=password]", PASSWORD)
        desk.locator("main form button").first.click()
    assert_accessible(desk)
    secret = desk.inner_text("main dd code")
    desk.fill("input[name=code]", totp_code(secret))
    desk.locator("main form button[type=submit]").first.click()
    desk.wait_for_url("**/recovery-codes/**")
    assert_accessible(desk)

    desk.context.clear_cookies()
    sign_in(desk, "nora@tessera.example")
    desk.wait_for_url("**/2fa/authenticate/**")
    assert_accessible(desk)
    desk.fill("input[name=code]", recovery_code_of("nora@tessera.example"))
    desk.locator("main form button[type=submit]").first.click()
    desk.goto("/staff/")
    assert desk.locator("h1").first.inner_text()
    assert desk.url.endswith("/staff/")


def recovery_code_of(email):
    """A code that time cannot make stale: the app's own may not be used twice within its half minute."""
    from allauth.mfa.models import Authenticator

    codes = Authenticator.objects.get(user__email=email, type=Authenticator.Type.RECOVERY_CODES)
    return codes.wrap().get_unused_codes()[0]


def test_a_person_who_was_removed_is_out_at_once(look, site):
    boss, leaver = person("boss@atlas.example", "Bo Ss"), person("leaver@atlas.example", "Lee Ver")
    atlas = Organisation.objects.create(name="Atlas", country="FR", town="Lyon")
    Representative.objects.create(user=boss, organisation=atlas, role="administrator")
    Representative.objects.create(user=leaver, organisation=atlas, role="editor")
    theirs, mine = look.desk(), look.desk()
    sign_in(theirs, leaver.email)
    theirs.wait_for_url("**/workspace/")
    assert "Atlas" in theirs.inner_text("h1")

    sign_in(mine, boss.email)
    mine.wait_for_url("**/workspace/")
    mine.goto("/workspace/people/")
    mine.get_by_text("Remove: Lee Ver").click()
    mine.get_by_role("button", name="Remove this person").click()
    mine.wait_for_load_state()

    theirs.goto("/workspace/organisation/")
    assert "Atlas" not in theirs.inner_text("main")
    assert not Representative.objects.filter(user=leaver).exists()
