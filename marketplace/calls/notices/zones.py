"""The time zone of a place, by its country and, for parts far from the capital, by its NUTS code."""

OF_COUNTRY = {
    "AL": "Europe/Tirane", "AT": "Europe/Vienna", "BA": "Europe/Sarajevo", "BE": "Europe/Brussels",
    "BG": "Europe/Sofia", "CH": "Europe/Zurich", "CY": "Asia/Nicosia", "CZ": "Europe/Prague", "DE": "Europe/Berlin",
    "DK": "Europe/Copenhagen", "EE": "Europe/Tallinn", "ES": "Europe/Madrid", "FI": "Europe/Helsinki",
    "FR": "Europe/Paris", "GB": "Europe/London", "GR": "Europe/Athens", "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IS": "Atlantic/Reykjavik", "IT": "Europe/Rome",
    "LI": "Europe/Vaduz", "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg", "LV": "Europe/Riga",
    "ME": "Europe/Podgorica", "MK": "Europe/Skopje", "MT": "Europe/Malta", "NL": "Europe/Amsterdam",
    "NO": "Europe/Oslo", "PL": "Europe/Warsaw", "PT": "Europe/Lisbon", "RO": "Europe/Bucharest",
    "RS": "Europe/Belgrade", "SE": "Europe/Stockholm", "SI": "Europe/Ljubljana", "SK": "Europe/Bratislava",
    "TR": "Europe/Istanbul", "UA": "Europe/Kyiv", "XK": "Europe/Belgrade",
}  # fmt: skip
OF_REGION = {
    "ES7": "Atlantic/Canary", "FRY1": "America/Guadeloupe", "FRY2": "America/Martinique", "FRY3": "America/Cayenne",
    "FRY4": "Indian/Reunion", "FRY5": "Indian/Mayotte", "PT2": "Atlantic/Azores", "PT3": "Atlantic/Madeira",
}  # fmt: skip


def of_place(country, region=""):
    """None for a country that we know no zone of."""
    for length in (4, 3):
        if zone := OF_REGION.get(region[:length]):
            return zone
    return OF_COUNTRY.get(country)
