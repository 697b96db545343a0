"""Whether an e-mail address is of the organisation whose website it is. Words in, words out."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

DATA = Path(__file__).parent / "data"


@cache
def _listed(name):
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def of_address(email):
    """ "leeds.gov.uk" for amina@Leeds.gov.uk; names in other scripts as mail servers know them."""
    return _plain(email.rpartition("@")[2])


def of_website(address):
    """ "leeds.gov.uk" for https://www.leeds.gov.uk/bins; "" where the address has none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return _plain(host).removeprefix("www.")


def _plain(domain):
    name = domain.strip().strip(".").lower()
    try:
        return name.encode("idna").decode()
    except UnicodeError:
        return name


def is_free_mail(domain):
    """Anybody gets a mailbox there, or in the domain above it."""
    return any(each in _listed("free_mail") for each in _upwards(domain))


def is_of(domain, site):
    """Whether mail of this domain comes from whoever keeps the site: the same domain, or one below it."""
    if not (domain and site) or "." not in site or site in _listed("shared_domains"):
        return False
    return site in _upwards(domain)


def _upwards(domain):
    """a.b.c, b.c, c."""
    parts = domain.split(".")
    return [".".join(parts[place:]) for place in range(len(parts))]
