from marketplace.core.vocab import countries


def test_a_country_is_found_by_any_of_its_codes():
    assert [countries.find(code) for code in ("GR", "el", "GRC", "UK", "gbr", "XKX", "1A0", "tr")] == [
        "GR",
        "GR",
        "GR",
        "GB",
        "GB",
        "XK",
        "XK",
        "TR",
    ]
    assert countries.find("ZZ") is countries.find("") is None


def test_names_are_the_everyday_ones_in_the_readers_language():
    assert countries.name("GB", "en") == "United Kingdom"
    assert countries.name("GB", "fr") == "Royaume-Uni"
    assert countries.name("GB", "pt-br") == "Reino Unido"
    assert countries.name("GB", "mt") == "United Kingdom"
    assert countries.name("ZZ") == "ZZ"


def test_european_letters_go_both_ways():
    assert [countries.european(code) for code in ("GR", "GB", "FR")] == ["EL", "UK", "FR"]
    assert countries.alpha3("GR") == "GRC"


def test_every_country_has_two_codes_and_a_name_in_every_language():
    assert len(countries.codes()) == 250
    assert all(countries.name(code, language) for code in countries.codes() for language in countries.languages())
    assert all(countries.find(countries.alpha3(code)) == code for code in countries.codes())
