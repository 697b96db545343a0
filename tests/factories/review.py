import factory
from django.utils import timezone

from suppliers.models import Audience, Capability
from suppliers.review import receipts
from suppliers.review.models import Confirmation, ListingReceipt, PageReport, Verdict
from tests.factories.suppliers import SupplierFactory


class ReadySupplierFactory(SupplierFactory):
    """Has all that a profile needs to be sent; one that was sent has its receipt."""

    class Meta:
        skip_postgeneration_save = True

    organisation__town = "Leeds"
    summary = "We clean offices before eight."
    languages = ["en", "tr"]
    regions = ["UKE4"]

    @factory.post_generation
    def service(self, create, extracted, **kwargs):
        Capability.objects.create(supplier=self, cpv="90911200", words=extracted or "")

    @factory.post_generation
    def receipt(self, create, extracted, **kwargs):
        if self.submitted_at and extracted is not False:
            ListingReceiptFactory(supplier=self, given_at=self.submitted_at)


class ListingReceiptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ListingReceipt

    supplier = factory.SubFactory(SupplierFactory)
    text_version = receipts.CURRENT
    language = "en"
    audience = Audience.EVERYBODY


class VerdictFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Verdict

    supplier = factory.SubFactory(SupplierFactory)
    kind = Verdict.Kind.ASKED
    words = "Which offices do you clean?"


class ConfirmationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Confirmation

    supplier = factory.SubFactory(SupplierFactory, listed=True)
    asked_on = factory.LazyFunction(lambda: timezone.now().date())


class PageReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PageReport

    supplier = factory.SubFactory(SupplierFactory, listed=True)
    reason = PageReport.Reason.FACTS
    words = "They moved to Hull two years ago."
