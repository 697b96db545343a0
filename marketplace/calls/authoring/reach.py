"""How many listed suppliers could serve a call: numbers, never names."""

from dataclasses import dataclass

from django.db import OperationalError, transaction
from django.db.models import Count, Q
from psycopg2 import errors

from suppliers.models import Supplier


@dataclass(frozen=True)
class Reach:
    """`whole` could serve every lot, `split` at least one; `lots` is [(lot, how many)]."""

    whole: int
    split: int
    lots: list[tuple[dict, int]]

    @property
    def is_split(self):
        return len(self.lots) > 1

    @property
    def empty_lots(self):
        """How many lots nobody could serve."""
        return sum(number == 0 for _lot, number in self.lots)


def of(facts):
    """One statement, however many lots; None while a lot does not say what is bought, and where it takes too long."""
    lots = facts["lots"]
    if not lots or not all(lot["cpv"] for lot in lots):
        return None
    # Lots that ask for the same are counted once.
    able = {_asked(lot): _able(*_asked(lot)) for lot in lots}
    wholes, splits = Q(), Q(pk__in=[])
    for one in able.values():
        wholes, splits = wholes & one, splits | one
    counts = {f"lot_{place}": Count("pk", filter=one) for place, one in enumerate(able.values())}
    try:
        with transaction.atomic():
            found = Supplier.objects.listed().aggregate(
                whole=Count("pk", filter=wholes), split=Count("pk", filter=splits), **counts
            )
    except OperationalError as error:
        if isinstance(error.__cause__, errors.QueryCanceled):
            return None
        raise
    places = {asked: place for place, asked in enumerate(able)}
    return Reach(found["whole"], found["split"], [(lot, found[f"lot_{places[_asked(lot)]}"]) for lot in lots])


def _asked(lot):
    return tuple(lot["cpv"]), tuple(lot["regions"])


def _able(codes, regions):
    return Q(pk__in=Supplier.objects.able_to_serve(codes, regions).values("pk"))
