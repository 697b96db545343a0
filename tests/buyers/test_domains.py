import pytest

from buyers import domains


@pytest.mark.parametrize(
    ("domain", "site", "is_of"),
    [
        ("leeds.gov.uk", "https://www.leeds.gov.uk/bins", True),
        ("leeds.gov.uk", "http://leeds.gov.uk", True),
        ("LEEDS.gov.uk.", "https://Leeds.GOV.uk:443/", True),
        ("procurement.leeds.gov.uk", "https://leeds.gov.uk", True),
        ("notleeds.gov.uk", "https://leeds.gov.uk", False),
        ("leeds.gov.uk.evil.example", "https://leeds.gov.uk", False),
        ("leeds.gov.uk", "https://procurement.leeds.gov.uk", False),
        ("anything.co.uk", "https://www.co.uk", False),
        ("mairie.gouv.fr", "https://gouv.fr", False),
        ("localhost", "http://localhost", False),
        ("leeds.gov.uk", "", False),
        ("", "https://leeds.gov.uk", False),
        ("xn--mnchen-3ya.example", "https://münchen.example", True),
        ("leeds.gov.uk", "https://[broken", False),
    ],
)
def test_an_address_is_of_the_site_that_has_its_domain_or_the_one_above(domain, site, is_of):
    assert domains.is_of(domains.of_address(f"amina@{domain}"), domains.of_website(site)) is is_of


@pytest.mark.parametrize("domain", ["gmail.com", "orange.fr", "GMAIL.com", "mail.gmx.de", "proton.me", "web.de"])
def test_a_provider_where_anybody_gets_a_mailbox_is_known_with_all_below_it(domain):
    assert domains.is_free_mail(domains.of_address(f"someone@{domain}"))


@pytest.mark.parametrize("domain", ["leeds.gov.uk", "notgmail.com", "gmail.com.example", "com"])
def test_other_domains_are_not(domain):
    assert not domains.is_free_mail(domain)


def test_every_line_of_the_lists_is_a_domain_in_the_form_in_which_it_is_compared():
    for name in ("free_mail", "shared_domains"):
        assert domains._listed(name)
        assert all(line == domains.of_address(f"x@{line}") for line in domains._listed(name))
