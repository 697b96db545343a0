"""Listing a firm: the public page for everybody, the steps for those who may change the firm's profile."""

from tests.architecture.access import AWAY, EVERYONE, POST_ALONE, Row, foreign, own

OWNERS = (302, 404, 403, 200, 404)
OWNERS_REFUSED = (302, 404, 403, 422, 404)
OWNERS_AWAY = (302, 404, 403, 302, 404)

TABLE = {
    "list-your-firm/": Row(get=EVERYONE),
    "list-your-firm/start/": Row(get=AWAY),
    "workspace/profile/": Row(get=(302, 404, 200, 200, 404)),
    "workspace/profile/hide-now/": Row(get=POST_ALONE, post=OWNERS_AWAY),
    "workspace/profile/show-again/": Row(get=POST_ALONE, post=OWNERS_AWAY),
    "workspace/profile/references/": Row(get=OWNERS, post=OWNERS_REFUSED),
    "workspace/profile/references/<int:pk>/": Row(
        get=OWNERS, post=OWNERS_REFUSED, values=own("reference"), foreign=foreign("reference")
    ),
    "workspace/profile/references/<int:pk>/remove/": Row(
        get=POST_ALONE, post=OWNERS_AWAY, values=own("reference"), foreign=foreign("reference")
    ),
    "workspace/profile/services/<slug:code>/": Row(
        get=OWNERS, post=OWNERS_AWAY, values=own("service", "code"), foreign=foreign("service", "code")
    ),
    "workspace/profile/<slug:step>/": Row(get=OWNERS, post=OWNERS_REFUSED, values=lambda world: {"step": "what-we-do"}),
}


def add_rows(rows, organisation, administrator):
    from tests.factories.suppliers import CapabilityFactory, ReferenceFactory, supplier_of

    supplier = supplier_of(organisation)
    code = "90911200" if organisation.country == "FR" else "15811000"
    supplier.capabilities.filter(cpv=code).exists() or CapabilityFactory(supplier=supplier, cpv=code)
    rows |= {"reference": ReferenceFactory(supplier=supplier), "service": code}


def add_reference(person, number):
    from tests.factories.suppliers import ReferenceFactory, supplier_of

    ReferenceFactory(supplier=supplier_of(person.organisation))


#: Address of the list -> who opens it and what adds one row.
LISTS = {"/workspace/profile/references/": ("omar", add_reference)}
