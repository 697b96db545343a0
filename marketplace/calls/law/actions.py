"""What staff do with the law on record. The caller has checked who asks."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.calls.law.models import Threshold
from marketplace.core import audit
from marketplace.core.errors import RuleBroken


def locked(row, version):
    """The row as it stands now, held until the transaction ends; refused when somebody changed it since `version`."""
    row = type(row)._default_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    if row.version != version:
        raise RuleBroken(_("A colleague has changed this since you opened it. Look at it again."))
    return row


@transaction.atomic
def add(model, *, by, **fields):
    """Put a record of the law on record, with its source and its days of reading; the same one twice is refused."""
    if model.objects.filter(**fields).exists():
        raise RuleBroken(_("This is on record already. Nothing was added."))
    try:
        with transaction.atomic():
            row = model.objects.create(**fields)
    except IntegrityError as error:
        # A colleague was quicker by a moment.
        raise RuleBroken(_("There is a record with this code already.")) from error
    audit.record(f"{row._meta.model_name}.added", row, by=by)
    return row


@transaction.atomic
def change(row, *, version, by, **fields):
    """Write the fields that were changed, and remember which."""
    row = locked(row, version)
    if not fields:
        return row
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*fields, "version"])
    audit.record(f"{row._meta.model_name}.changed", row, by=by, parts=sorted(fields))
    return row


@transaction.atomic
def confirm_reading(row, *, review_by, version, by):
    """Somebody has read the source today, and it still says what stands here."""
    today = timezone.localdate()
    if review_by <= today:
        raise RuleBroken(_("The next reading lies in the future."))
    return change(row, version=version, by=by, reviewed_on=today, review_by=review_by)


@transaction.atomic
def replace_threshold(threshold, *, amount, in_force_from, source, source_url, version, by):
    """The old figure ends on the day before the new one begins; both stay, because calls were made under each."""
    threshold = locked(threshold, version)
    if threshold.in_force_from and in_force_from <= threshold.in_force_from:
        raise RuleBroken(_("The new figure begins after the old one did."))
    today = timezone.localdate()
    change(threshold, version=version, by=by, in_force_until=in_force_from - timedelta(days=1))
    new = Threshold.objects.create(
        jurisdiction=threshold.jurisdiction,
        authority=threshold.authority,
        contract=threshold.contract,
        amount=amount,
        currency=threshold.currency,
        includes_vat=threshold.includes_vat,
        source=source,
        source_url=source_url,
        reviewed_on=today,
        review_by=today + timedelta(days=365),
        in_force_from=in_force_from,
    )
    audit.record("threshold.replaced", new, by=by, old=threshold.pk)
    return new
