import hashlib
import secrets
from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from marketplace.calls.models import Call
from marketplace.calls.responses import sealing
from marketplace.calls.responses.models import Interest, Response, ResponseFile, Submission
from marketplace.core.files.vault import new_name
from tests.factories.calls import LotFactory
from tests.factories.suppliers import SupplierFactory


class InterestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interest

    lot = factory.SubFactory(LotFactory, call__published=True)
    supplier = factory.SubFactory(SupplierFactory)


class ResponseFactory(factory.django.DjangoModelFactory):
    """A draft of a firm."""

    class Meta:
        model = Response

    lot = factory.SubFactory(LotFactory, call__published=True)
    supplier = factory.SubFactory(SupplierFactory)
    message = factory.Sequence(lambda number: f"We clean four schools, offer {number}.")
    price = 1_200_000


class ResponseFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ResponseFile
        skip_postgeneration_save = True

    response = factory.SubFactory(ResponseFactory)
    title = "offer"
    stored_as = factory.LazyFunction(lambda: new_name("responses"))
    original_name = "offer.pdf"
    media_type = "application/pdf"
    size = 9
    sha256 = factory.LazyFunction(lambda: hashlib.sha256(secrets.token_bytes(8)).hexdigest())

    @factory.post_generation
    def stored(self, create, extracted, **kwargs):
        """`stored=True` lays a file into the storage."""
        if create and extracted:
            default_storage.save(self.stored_as, ContentFile(b"%PDF-1.7\n"))


class SubmissionFactory(factory.django.DjangoModelFactory):
    """Handed over in time, half an hour before the deadline at the latest; `file_count` files may be added to it."""

    class Meta:
        model = Submission

    response = factory.SubFactory(ResponseFactory)
    number = factory.LazyAttribute(lambda row: row.response.submissions.count() + 1)
    received_at = factory.LazyAttribute(
        lambda row: min(timezone.now(), row.response.lot.call.response_deadline) - timedelta(minutes=30)
    )
    message = factory.SelfAttribute("response.message")
    price = factory.SelfAttribute("response.price")
    sha256 = factory.LazyAttribute(
        lambda row: sealing.digest_of(row.response.pk, message=row.message, price=row.price, files=[])
    )
    confirmed_for = factory.LazyAttribute(lambda row: row.response.lot.call.material_number)


def opened(call):
    """The call, its seal broken; what was handed over must be there before."""
    Call.objects.filter(pk=call.pk).update(opened_at=max(timezone.now(), call.response_deadline))
    call.refresh_from_db()
    return call
