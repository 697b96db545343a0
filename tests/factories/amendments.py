import hashlib
import secrets

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from marketplace.calls import facts
from marketplace.calls.amendments.holdings import FOLDER
from marketplace.calls.amendments.models import Amendment, PendingAmendment, PendingDocument
from marketplace.core.files.vault import new_name
from tests.factories.calls import CallFactory


class AmendmentFactory(factory.django.DjangoModelFactory):
    """A record that the title changed; the call's own counters are left alone."""

    class Meta:
        model = Amendment

    call = factory.SubFactory(CallFactory, published=True)
    number = factory.LazyAttribute(lambda amendment: amendment.call.amendments.count() + 1)
    amended_at = factory.LazyFunction(timezone.now)
    is_material = False
    changes = [{"part": "title", "lot": None, "before": "Cleaning of school", "after": "Cleaning of schools"}]


class PendingAmendmentFactory(factory.django.DjangoModelFactory):
    """One that changes nothing yet."""

    class Meta:
        model = PendingAmendment

    call = factory.SubFactory(CallFactory, published=True)
    facts = factory.LazyAttribute(lambda pending: facts.facts_of(pending.call))
    seen = factory.LazyAttribute(lambda pending: facts.fingerprint(pending.facts))


class PendingDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PendingDocument
        skip_postgeneration_save = True

    pending = factory.SubFactory(PendingAmendmentFactory)
    title = factory.Sequence(lambda number: f"Addendum {number}")
    language = "en"
    stored_as = factory.LazyFunction(lambda: new_name(FOLDER))
    original_name = "addendum.pdf"
    media_type = "application/pdf"
    size = 9
    sha256 = factory.LazyFunction(lambda: hashlib.sha256(secrets.token_bytes(8)).hexdigest())

    @factory.post_generation
    def stored(self, create, extracted, **kwargs):
        """`stored=True` lays a file into the storage."""
        if create and extracted:
            default_storage.save(self.stored_as, ContentFile(b"%PDF-1.7\n"))
