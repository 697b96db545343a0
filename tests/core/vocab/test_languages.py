from marketplace.core.vocab import cpv, languages


def test_a_language_is_found_by_its_two_and_both_of_its_three_letters():
    assert {languages.find(code).code for code in ("fr", "FRA", "fre", "fr-BE", "fr_CA")} == {"fr"}
    assert languages.find("ckb").code == "ckb"
    assert languages.find("xx") is languages.find("") is None


def test_every_code_leads_to_its_own_language_only():
    for language in languages.ALL:
        for code in (language.code, language.alpha3, language.bibliographic):
            assert languages.find(code) is language


def test_the_24_official_languages_are_those_of_the_vocabulary():
    assert {language.code for language in languages.ALL if language.is_european_union} == set(cpv.LANGUAGES)


def test_direction_is_known():
    assert languages.is_right_to_left("ar")
    assert languages.is_right_to_left("fas")
    assert not languages.is_right_to_left("fr")
    assert not languages.is_right_to_left("xx")


def test_a_form_offers_each_language_once_by_its_own_name():
    offered = dict(languages.choices())

    assert len(offered) == len(languages.ALL)
    assert (offered["el"], offered["tr"], offered["uk"]) == ("ελληνικά", "Türkçe", "українська")
