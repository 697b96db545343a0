import hashlib
import secrets
from datetime import timedelta

import factory
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from marketplace.core.files.vault import new_name
from suppliers.files.models import Document, Picture, Upload
from tests.factories.accounts import UserFactory
from tests.factories.suppliers import SupplierFactory


class DocumentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Document
        skip_postgeneration_save = True

    class Params:
        for_members = factory.Trait(audience="members")
        insurance = factory.Trait(
            kind="insurance", valid_until=factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=200))
        )
        over = factory.Trait(valid_until=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)))

    supplier = factory.SubFactory(SupplierFactory)
    kind = "other"
    title = factory.Sequence(lambda number: f"Document {number}")
    stored_as = factory.LazyFunction(lambda: new_name("documents"))
    original_name = "document.pdf"
    media_type = "application/pdf"
    size = 9
    sha256 = factory.LazyFunction(lambda: hashlib.sha256(secrets.token_bytes(8)).hexdigest())

    @factory.post_generation
    def stored(self, create, extracted, **kwargs):
        """`stored=True` lays a file into the storage."""
        if create and extracted:
            default_storage.save(self.stored_as, ContentFile(b"%PDF-1.7\n"))


class PictureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Picture
        skip_postgeneration_save = True

    class Params:
        logo = factory.Trait(role="logo")

    supplier = factory.SubFactory(SupplierFactory)
    role = "picture"
    stored_as = factory.LazyFunction(lambda: new_name("pictures"))
    width = 640
    height = 480
    sha256 = factory.LazyFunction(lambda: hashlib.sha256(secrets.token_bytes(8)).hexdigest())

    @factory.post_generation
    def stored(self, create, extracted, **kwargs):
        """`stored=True` lays its sizes into the storage."""
        if create and extracted:
            for name in self.file_names:
                default_storage.save(name, ContentFile(b"RIFF....WEBP"))


class UploadFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Upload

    supplier = factory.SubFactory(SupplierFactory)
    user = factory.SubFactory(UserFactory)
    session = "0" * 64
    purpose = "document"
    name = "policy.pdf"
    size = 100
