"""A response with strings that stand nowhere else, and a walk through every address that looks for them."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.utils import timezone

from buyers.models import Buyer
from marketplace.calls.responses import emails, sealing
from marketplace.core.audit import label_of
from marketplace.core.models import OutboxMessage
from tests.architecture.access import BACK_OFFICE
from tests.architecture.routes import every_route
from tests.factories.accounts import RepresentativeFactory
from tests.factories.buyers import BuyerFactory
from tests.factories.calls import CallFactory
from tests.factories.responses import InterestFactory, ResponseFactory, ResponseFileFactory, SubmissionFactory
from tests.factories.suppliers import SupplierFactory
from tests.suppliers.files.samples import pdf

WORDS = "Zwiebelfisch-4711 sweeps at dawn"
DRAFTED = "Zwiebelfisch-0815 is only a draft"
FILE_NAME = "Zwiebelfisch-plan.pdf"
IN_THE_FILE = "Zwiebelfisch-inside-9c2e"
PRICE = 87_654_321
#: The price as pages, files and JSON write it.
PRICES = ("87654321", "876543.21", "876,543.21", "876 543,21", "876\u202f543,21", "876\xa0543,21")
MARKS = (WORDS, DRAFTED, FILE_NAME, "Zwiebelfisch", *PRICES)
#: What may differ between two answers that say the same: nonces and tokens. A hash in hexadecimal is none of them.
PASSING = re.compile(
    r'nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"|"csrfToken": ?"[^"]+"|data-csrf[^=]*="[^"]+"'
    r"|X-CSRFToken&quot;: &quot;[^&]+|\b(?=[0-9a-z]*[A-Z])[A-Za-z0-9]{64}\b"
)
SPREADSHEET = "spreadsheetml"


@dataclass
class World:
    """A company and an authority with a call each, a firm that will respond to both, and everybody who may not know."""

    firm: object
    people: dict
    calls: list = field(default_factory=list)
    #: What the response consists of, once there is one.
    rows: dict = field(default_factory=dict)


ROLES = (
    "visitor", "stranger", "another supplier", "company administrator", "company editor", "company viewer",
    "authority administrator", "authority editor", "authority viewer", "staff",
)  # fmt: skip


#: What is refused is asked for again by one role in so many; whoever is next in the list takes what this one leaves.
TURNS = 3


def make_world(*, omar, amina, zed, stella):
    firm = SupplierFactory(organisation=omar.organisation, listed=True)
    company = BuyerFactory(organisation=amina.organisation, cleared=True)
    authority = BuyerFactory(cleared=True, kind=Buyer.Kind.CONTRACTING_AUTHORITY)
    rival = SupplierFactory(listed=True)
    people = {"visitor": None, "stranger": zed, "staff": stella, "company administrator": amina}
    people["another supplier"] = RepresentativeFactory(organisation=rival.organisation, administrator=True).user
    for role in ("editor", "viewer"):
        people[f"company {role}"] = RepresentativeFactory(organisation=company.organisation, role=role).user
    for role in ("administrator", "editor", "viewer"):
        people[f"authority {role}"] = RepresentativeFactory(organisation=authority.organisation, role=role).user
    world = World(firm=firm, people=people)
    for buyer in (company, authority):
        world.calls.append(CallFactory(published=True, here=True, buyer=buyer, lots=2, title="Cleaning of schools"))
    return world


def hand_over(world):
    """To the first lot of each call words, a price and a file, with the mail of its receipt; a draft and interest for
    the second. Of the receipts one bounces and one is stuck."""
    for call in world.calls:
        first, second = call.lots.order_by("number")
        response = ResponseFactory(lot=first, supplier=world.firm, message=WORDS, price=PRICE)
        name = f"private/responses/zz/{call.slug}"
        default_storage.save(name, ContentFile(pdf(extra=f"%{IN_THE_FILE}\n".encode())))
        file = ResponseFileFactory(response=response, original_name=FILE_NAME, title="Zwiebelfisch", stored_as=name)
        sha256 = sealing.digest_of(response.pk, message=WORDS, price=PRICE, files=[file])
        submission = SubmissionFactory(response=response, file_count=1, sha256=sha256)
        submission.files.add(file)
        emails.response_received(submission)
        ResponseFactory(lot=second, supplier=world.firm, message=DRAFTED, price=None)
        InterestFactory(lot=second, supplier=world.firm)
        world.rows[call.slug] = (response, submission, file)
    company, authority = world.calls
    receipts = OutboxMessage.objects.filter(hidden_until__isnull=False)
    receipts.filter(seal=label_of(company)).update(failed_at=timezone.now(), last_error="550 no such user")
    receipts.filter(seal=label_of(authority)).update(next_attempt_at=timezone.now() - timedelta(hours=2))


def marks_of(world):
    """All that must not be seen, with the hashes and keys of this response."""
    found = set(MARKS)
    for response, submission, file in world.rows.values():
        found |= {submission.sha256, file.sha256, str(response.pk), file.stored_as}
    return found | {IN_THE_FILE}


def addresses(world, *, is_staff, in_full=True):
    """Every address that the resolver knows, with the values of this world; the back office for staff alone.

    In the short run each list of the back office is taken out in one of the two forms, which write the same columns.
    """
    found = {"/": None}
    for route in every_route():
        if "~" in route.path or (route.path.startswith(BACK_OFFICE) and not is_staff):
            continue
        for values in _values(world, route):
            found[route.address(values)] = None
    for mark in ("Zwiebelfisch", WORDS):
        for place in ("/calls/", "/suppliers/", "/feeds/calls.atom", "/feeds/calls.ics", "/directory/suggestions/"):
            found[f"{place}?q={mark.replace(' ', '+')}"] = None
    if is_staff:
        lists = [route for route in every_route() if route.path.startswith(BACK_OFFICE) and route.path.endswith("/")]
        plain = [f"/{route.path}" for route in lists if "<" not in route.path and "~" not in route.path]
        for place, address in enumerate(plain):
            forms = ("csv", "xlsx") if in_full else (("csv", "xlsx")[place % 2],)
            found |= {f"{address}?export={form}": None for form in forms}
        found |= {f"{address}?q=Zwiebelfisch": None for address in plain}
    return list(found)


def _values(world, route):
    """What to put into a route: both calls where it is about one, the rows of the response where it wants a key."""
    if not route.parameters:
        return [{}]
    kept = []
    # One call stands for both where there are lists of thousands of pages.
    for call in world.calls[:1] if route.path.startswith(BACK_OFFICE) else world.calls:
        response, submission, file = world.rows[call.slug]
        firm = world.firm
        slug = call.slug if "calls/" in route.path else firm.slug
        base = {"slug": slug, "number": 1, "step": "check", "form": "csv"}
        if "uuid:pk" in route.parameters:
            kept.append(base | {"pk": response.pk})
        elif any(parameter.endswith("pk") for parameter in route.parameters):
            keys = (file.pk, submission.pk, firm.pk, firm.organisation_id, call.pk)
            kept += [base | {"pk": key} for key in dict.fromkeys(keys)]
        else:
            kept.append(base)
    return kept


def walk(browser, places):
    """{address: (status, what it says)}; whatever a look changes is undone before the next, signing out included."""
    cache.clear()
    # The session of whoever is signed in is noted down once, not with each look.
    browser.get("/account/")
    # Wagtail's own pages break on keys of nothing; ours may not, which the test looks after.
    browser.raise_request_exception = False
    said, cookies = {}, browser.cookies.output(header="")
    for place in places:
        browser.cookies = SimpleCookie(cookies)
        with transaction.atomic():
            said[place] = read(browser.get(place))
            transaction.set_rollback(True)
    return said


def asked_again(said, role):
    """Of the addresses that were walked those to be compared in the short run: all that answered, and of those that
    refused or led away this role's share."""
    own = ROLES.index(role) % TURNS
    return [place for turn, (place, (status, _text)) in enumerate(said.items()) if status == 200 or turn % TURNS == own]


def read(answer):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if SPREADSHEET in answer.get("Content-Type", ""):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in sorted(book.namelist()) if "docProps" not in name)
    headers = " ".join(f"{name}: {value}" for name, value in answer.items() if name in {"Location", "Content-Type"})
    return answer.status_code, PASSING.sub("", f"{headers}\n{content.decode('utf-8', 'replace')}")


def leaks(said, marks):
    """[(address, mark)] for every mark that an answer holds and that was not in the very address."""
    return [
        (place, mark)
        for place, (_status, text) in said.items()
        for mark in marks
        if mark in text and mark not in place.replace("+", " ")
    ]


def browser_of(world, role, as_user):
    person = world.people[role]
    return as_user(person) if person else Client()
