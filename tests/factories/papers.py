import hashlib
import secrets

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from marketplace.calls.papers.models import CallDocument
from marketplace.core.files.vault import new_name
from tests.factories.calls import CallFactory


class CallDocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CallDocument
        skip_postgeneration_save = True

    class Params:
        removed = factory.Trait(removed_at=factory.LazyFunction(timezone.now))

    call = factory.SubFactory(CallFactory)
    title = factory.Sequence(lambda number: f"Specification {number}")
    language = "en"
    stored_as = factory.LazyFunction(lambda: new_name("call-documents"))
    original_name = "specification.pdf"
    media_type = "application/pdf"
    size = 9
    sha256 = factory.LazyFunction(lambda: hashlib.sha256(secrets.token_bytes(8)).hexdigest())

    @factory.post_generation
    def stored(self, create, extracted, **kwargs):
        """`stored=True` lays a file into the storage."""
        if create and extracted:
            default_storage.save(self.stored_as, ContentFile(b"%PDF-1.7\n"))
