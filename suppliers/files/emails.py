"""The mails about documents: who gets which words."""

from django.utils import formats, translation

from marketplace.accounts.emails import address_of
from marketplace.core import outbox


def document_ends(document, *, days):
    """Tells the administrators that a document will soon count no longer."""
    organisation = document.supplier.organisation
    administrators = organisation.representatives.administrators().filter(user__is_active=True)
    for row in administrators.select_related("user"):
        language = row.user.language
        with translation.override(language):
            last_day = formats.date_format(document.valid_until, "j F Y")
        outbox.post(
            "files/email/document_ends",
            to=row.user.email,
            about=[organisation, document],
            language=language,
            organisation=organisation.name,
            title=document.title,
            last_day=last_day,
            is_soon=days <= 7,
            is_for_members=document.is_for_members,
            link=address_of("document-list", language),
        )
