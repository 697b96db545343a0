"""What a profile says, as short words for a table or a file."""

from typing import Any

from django.utils.formats import number_format

from marketplace.core.vocab import currency
from suppliers.directory.facets import language_name


def based_words(supplier: Any) -> str:
    organisation = supplier.organisation
    return ", ".join(part for part in (organisation.town, str(organisation.country.name)) if part)


def language_words(supplier: Any) -> list[str]:
    return [language_name(code) for code in supplier.languages]


def amount_words(supplier: Any) -> str:
    """The largest contract with its currency; a currency that is not ours is counted in hundredths."""
    if supplier.largest_contract is None:
        return ""
    code = supplier.largest_contract_currency
    decimals = currency.exponent(code) if currency.find(code) else 2
    whole = round(supplier.largest_contract / 10**decimals)
    return f"{number_format(whole, force_grouping=True)} {code}"
