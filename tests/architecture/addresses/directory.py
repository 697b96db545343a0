from suppliers.directory.rows import refresh
from suppliers.models import Capability
from tests.architecture.access import EVERYONE, NOBODY, Row
from tests.factories.suppliers import SupplierFactory

TABLE = {
    "directory/suggestions/": Row(get=EVERYONE),
    "sitemap.xml": Row(get=EVERYONE),
    "sitemap-suppliers-<int:number>.xml": Row(get=NOBODY, values=lambda world: {"number": 2**40}),
}


def add_supplier(person, number):
    supplier = SupplierFactory(listed=True, languages=["en", "tr"], regions=["UKI", "FR1"])
    Capability.objects.create(supplier=supplier, cpv="90911200", words="Cleaning")
    refresh([supplier.pk])


LISTS = {"/suppliers/": ("omar", add_supplier), "/suppliers/?country=GB&cpv=90000000": ("omar", add_supplier)}
