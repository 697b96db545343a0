"""Sending a profile, its receipts, the yearly confirmation, reports of pages."""

from suppliers.models import Supplier
from tests.architecture.access import EVERYONE, POST_ALONE, Row, foreign, own
from tests.factories.review import ConfirmationFactory, ListingReceiptFactory, PageReportFactory, ReadySupplierFactory
from tests.factories.suppliers import SupplierFactory


def add_rows(rows, organisation, administrator):
    from suppliers.review.emails import CONFIRMATION_SIGNER

    supplier = Supplier.objects.filter(organisation=organisation).first() or SupplierFactory(organisation=organisation)
    question = ConfirmationFactory(supplier=supplier)
    rows |= {
        "listing_receipt": ListingReceiptFactory(supplier=supplier),
        "confirmation_token": CONFIRMATION_SIGNER.sign(f"{question.pk}-{administrator.pk}"),
        "listed_slug": SupplierFactory(listed=True).slug,
    }


TABLE = {
    "workspace/profile/send/": Row(get=(302, 404, 403, 200, 404), post=(302, 404, 403, 422, 404)),
    "workspace/profile/confirm/": Row(get=POST_ALONE, post=(302, 404, 403, 302, 404)),
    "workspace/profile/receipts/": Row(get=(302, 404, 200, 200, 404)),
    "workspace/profile/receipts/withdraw/": Row(get=POST_ALONE, post=(302, 404, 403, 302, 404)),
    "workspace/profile/receipts/<int:pk>/": Row(
        get=(302, 404, 200, 200, 200), values=own("listing_receipt"), foreign=foreign("listing_receipt")
    ),
    "workspace/profile/receipts/<int:pk>/text/": Row(
        get=(302, 404, 200, 200, 200), values=own("listing_receipt"), foreign=foreign("listing_receipt")
    ),
    "account/confirmations/<str:token>/": Row(
        get=EVERYONE,
        post=(302, 302, 302, 302, 302),
        values=lambda world: {"token": world.rows["confirmation_token"]},
    ),
    "suppliers/<slug:slug>/report/": Row(
        get=EVERYONE, post=(422, 422, 422, 422, 422), values=lambda world: {"slug": world.rows["listed_slug"]}
    ),
}


def add_receipt(person, number):
    supplier = Supplier.objects.filter(organisation=person.organisation).first()
    ListingReceiptFactory(supplier=supplier or SupplierFactory(organisation=person.organisation), given_by=person)


def add_report(person, number):
    PageReportFactory()


def add_waiting(person, number):
    ReadySupplierFactory(waiting=True)


def add_listed(person, number):
    ReadySupplierFactory(listed=True)


LISTS = {
    "/staff/supplier-review/?standing=waiting": ("stella", add_waiting),
    "/staff/supplier-review/?standing=listed": ("stella", add_listed),
    "/workspace/profile/receipts/": ("omar", add_receipt),
    "/staff/page-reports/": ("stella", add_report),
}
