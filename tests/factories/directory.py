from suppliers.directory import rows
from suppliers.models import Capability
from tests.factories.suppliers import SupplierFactory


def found_supplier(*services, **fields):
    """A listed supplier that the directory knows; each service is a CPV code or (code, words)."""
    supplier = SupplierFactory(listed=True, **fields)
    for number, service in enumerate(services):
        code, words = (service, "") if isinstance(service, str) else service
        Capability.objects.create(supplier=supplier, cpv=code, words=words, is_main=number == 0)
    rows.refresh([supplier.pk])
    return supplier
