"""What each app adds to the tables of this folder: a module per app with any of

TABLE       its addresses, as in access.py
add_rows    add_rows(rows, organisation, administrator): the rows of the small world that its addresses need
LISTS       address of a list -> (who opens it, what adds one row), as in test_query_counts.py
LIST_VIEWS  name of a ListView -> its address
"""

from importlib import import_module
from pkgutil import iter_modules

from tests.architecture import access

MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]


def of_every_app(name):
    """The dicts of that name of every module, as one; an address named twice raises."""
    found = {}
    for module in MODULES:
        for key, value in getattr(module, name, {}).items():
            if key in found:
                raise ValueError(f"{key} stands in two modules")
            found[key] = value
    return found


#: Every address of the product.
TABLE = access.TABLE | of_every_app("TABLE")
