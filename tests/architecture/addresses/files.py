"""Documents and pictures: pages for those who may change the profile, files for those who may see them."""

import uuid

from tests.architecture.access import POST_ALONE, Row, foreign, own

OWNERS = (302, 404, 403, 200, 404)
OWNERS_REFUSED = (302, 404, 403, 422, 404)
OWNERS_AWAY = (302, 404, 403, 302, 404)
#: Those who act for the firm, whatever their role, and staff.
HOLDERS = (302, 404, 200, 200, 200)

TABLE = {
    "workspace/profile/documents/": Row(get=OWNERS, post=OWNERS_REFUSED),
    "workspace/profile/documents/<int:pk>/": Row(
        get=OWNERS, post=OWNERS_REFUSED, values=own("document"), foreign=foreign("document")
    ),
    "workspace/profile/documents/<int:pk>/delete/": Row(
        get=OWNERS, post=OWNERS_AWAY, values=own("document"), foreign=foreign("document")
    ),
    "workspace/profile/pictures/": Row(get=OWNERS, post=OWNERS_REFUSED),
    "workspace/profile/pictures/<int:pk>/": Row(
        get=OWNERS, post=OWNERS_REFUSED, values=own("picture"), foreign=foreign("picture")
    ),
    "workspace/profile/pictures/<int:pk>/move/": Row(
        get=POST_ALONE, post=OWNERS_AWAY, values=own("picture"), foreign=foreign("picture")
    ),
    "workspace/profile/pictures/<int:pk>/delete/": Row(
        get=OWNERS, post=OWNERS_AWAY, values=own("picture"), foreign=foreign("picture")
    ),
    "workspace/profile/uploads/": Row(get=POST_ALONE, post=OWNERS_REFUSED),
    # Found by whoever began it in that session alone: tests/suppliers/files/test_pieces.py walks through it.
    "workspace/profile/uploads/<uuid:pk>/": Row(
        get=(302, 404, 403, 404, 404), post=(302, 404, 403, 404, 404), values=lambda world: {"pk": uuid.UUID(int=1)}
    ),
    "workspace/profile/uploads/<uuid:pk>/finish/": Row(
        get=POST_ALONE, post=(302, 404, 403, 404, 404), values=lambda world: {"pk": uuid.UUID(int=1)}
    ),
    "files/documents/<int:pk>/": Row(get=HOLDERS, values=own("document"), foreign=foreign("document")),
    "files/pictures/<int:pk>/<slug:size>/": Row(
        get=(404, 404, 200, 200, 200),
        values=lambda world: {"pk": world.rows["picture"].pk, "size": "card"},
        foreign=lambda world: {"pk": world.foreign["picture"].pk, "size": "card"},
    ),
}


def add_rows(rows, organisation, administrator):
    from tests.factories.files import DocumentFactory, PictureFactory
    from tests.factories.suppliers import supplier_of

    supplier = supplier_of(organisation)
    rows |= {
        "document": DocumentFactory(supplier=supplier, stored=True),
        "picture": PictureFactory(supplier=supplier, stored=True),
    }


def add_document(person, number):
    from tests.factories.files import DocumentFactory
    from tests.factories.suppliers import supplier_of

    DocumentFactory(supplier=supplier_of(person.organisation))


def add_picture(person, number):
    from tests.factories.files import PictureFactory
    from tests.factories.suppliers import supplier_of

    PictureFactory(supplier=supplier_of(person.organisation), position=number)


#: Address of the list -> who opens it and what adds one row.
LISTS = {
    "/workspace/profile/documents/": ("omar", add_document),
    "/workspace/profile/pictures/": ("omar", add_picture),
}
