"""Published code lists and their arithmetic: CPV 2008, NUTS 2024, countries, currencies, languages.

The modules are pure and read the compact files in `data/`; `models.py` holds the same lists for joins and for search.
"""
