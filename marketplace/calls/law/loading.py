"""Brings the laws of `data` into the database. What is there already stays as it stands: staff may have changed it."""

from marketplace.calls.law import data, models


def load_laws(jurisdictions=models.Jurisdiction, thresholds=models.Threshold, reservations=models.Reservation):
    """Adds what is not there and returns how many rows it added; a migration gives the models of its own time."""
    added = 0
    for facts in data.JURISDICTIONS:
        law, is_new = jurisdictions.objects.get_or_create(code=facts["code"], defaults=facts)
        added += is_new
        # A threshold has no name of its own: a law that has any has had these, and staff may have ended them.
        if not thresholds.objects.filter(jurisdiction=law).exists():
            rows = [thresholds(jurisdiction=law, **row) for row in data.THRESHOLDS[law.code]]
            added += len(thresholds.objects.bulk_create(rows))
        for row in data.RESERVATIONS[law.code]:
            _reservation, is_new = reservations.objects.get_or_create(
                code=row["code"], defaults=row | {"jurisdiction": law}
            )
            added += is_new
    return added
