"""A firm sends its profile, staff ask and then approve, a reader reports the page."""

from tests.factories.review import ReadySupplierFactory
from tests.journeys.checks import assert_accessible, assert_fits
from tests.journeys.coming_in import LINK, signed_in


def test_from_the_firms_yes_over_a_question_to_a_listed_profile(look, inbox, site, as_user, omar, stella):
    atlas = ReadySupplierFactory(organisation=omar.organisation, slug="atlas")
    phone = signed_in(look.phone(language="fr"), as_user(omar), site)
    desk = signed_in(look.desk(), as_user(stella), site)

    phone.goto("/fr/workspace/profile/send/")
    assert_accessible(phone)
    assert_fits(phone)
    phone.check("input[name=agrees]")
    phone.locator("main form.form button[type=submit]").click()
    phone.wait_for_url("**/fr/workspace/profile/")
    assert "receipts" in inbox(omar.email)

    desk.goto("/staff/supplier-review/")
    desk.get_by_role("link", name="Atlas Propreté").first.click()
    desk.get_by_role("link", name="Ask a question").click()
    desk.fill("textarea[name=words]", "Which offices do you clean?")
    desk.get_by_role("button", name="Ask a question").click()
    link = LINK.search(inbox(omar.email)).group(0)

    phone.goto(link)
    assert "Which offices do you clean?" in phone.inner_text("main")
    phone.fill("textarea[name=answer]", "Those in Lyon.")
    phone.check("input[name=agrees]")
    phone.locator("main form.form button[type=submit]").click()
    phone.wait_for_url("**/fr/workspace/profile/")
    inbox(omar.email)

    desk.goto(f"/staff/supplier-review/inspect/{atlas.pk}/")
    assert "Those in Lyon." in desk.inner_text("main")
    desk.get_by_role("button", name="Approve").click()
    desk.wait_for_load_state()
    phone.goto(LINK.search(inbox(omar.email)).group(0))
    assert phone.url.endswith("/fr/suppliers/atlas/")

    phone.goto("/fr/workspace/profile/receipts/")
    assert_accessible(phone)
    assert_fits(phone)

    visitor = look.phone()
    visitor.goto("/suppliers/atlas/report/")
    assert_accessible(visitor)
    assert_fits(visitor)
    visitor.check("input[name=reason][value=facts]")
    visitor.fill("textarea[name=words]", "They moved to Lyon.")
    visitor.locator("main form.form button[type=submit]").click()
    visitor.wait_for_url("**/suppliers/atlas/")
    desk.goto("/staff/page-reports/")
    assert "Atlas Propreté" in desk.inner_text("main")
