"""How people come in: by their password, by the code of a mail, by a second factor, or in a session that is there."""

import re

from buyers.models import Buyer
from tests.accounts.codes import totp_code
from tests.factories.billing import GrantFactory
from tests.factories.introductions import BuyerFactory
from tests.people import PASSWORD, acts_for, person

LINK = re.compile(r"https?://\S+")
CODE = re.compile(r"^ +([A-Z0-9]+(?:-[A-Z0-9]+)?)\s*$", re.MULTILINE)


def sign_in(page, email):
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]:not([form])").first.click()


def give_second_factor(page):
    """The code that the person's app shows now."""
    page.wait_for_url("**/2fa/authenticate/**")
    page.fill("input[name=code]", totp_code())
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/2fa/" not in address)


def sign_up(page, inbox, email, name):
    """From the form over the code in the mail to wherever the person was going."""
    page.fill("input[name=full_name]", name)
    page.fill("input[name=email]", email)
    page.fill("input[name=password1]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.fill("input[name=code]", CODE.search(inbox(email)).group(1))
    page.locator("main form button[type=submit]").first.click()


def signed_in(page, browser, site):
    """The page goes on in the session of a client that has signed in."""
    cookie = browser.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": site}])
    return page


def buyer(email, name, *, authority=False):
    """The buyer for whom a person with that address acts, entitled to all that a buyer of its kind may have."""
    organisation = acts_for(person(email, "Beatriz Lind"), name, town="York")
    GrantFactory(organisation=organisation, everything=True)
    kind = Buyer.Kind.CONTRACTING_AUTHORITY if authority else Buyer.Kind.COMPANY
    return BuyerFactory(organisation=organisation, kind=kind)
