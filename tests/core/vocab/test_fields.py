import pytest
from django import forms
from django.http import QueryDict

from marketplace.core.vocab import cpv
from marketplace.core.vocab.fields import PickerForm, RegionsField, ServicesField
from marketplace.core.vocab.options import SHOWN

pytestmark = pytest.mark.django_db


class FirmForm(PickerForm):
    name = forms.CharField()
    services = ServicesField()
    regions = RegionsField(required=False)
    seat = RegionsField(required=False, max_choices=1)


def sent(query, **options):
    return FirmForm(QueryDict(query), **options)


def test_services_clean_to_codes_with_and_without_check_digit():
    form = sent("name=Atlas&services=90919200-4&services=79530000&services=90919200")

    assert form.is_valid()
    assert form.cleaned_data["services"] == ["90919200", "79530000"]
    assert form.cleaned_data["regions"] == []


def test_regions_clean_to_codes_and_parts_of_a_chosen_one_are_left_out_with_a_note():
    form = sent("name=Atlas&services=90919200&regions=UKE42&regions=gb&regions=FRK26")

    assert form.is_valid()
    assert form.cleaned_data["regions"] == ["UK", "FRK26"]
    assert form.notes == ["Leeds is left out: it lies within another region that you chose."]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("services=12345678", "services", "There is no CPV code 12345678."),
        ("services=office", "services", "A CPV code has eight digits"),
        ("services=90919200-9", "services", "Did you mean 90919200-4?"),
        ("services=%00&services=%F0%9F%99%82", "services", "A CPV code has eight digits"),
        ("services=90919200&regions=QQ9", "regions", "There is no region with the code QQ9."),
        (
            "services=90919200&regions=" + "x" * 5000,
            "regions",
            "no region with the code xxxxxxxxxxxxxxxxxxxx.",
        ),
        ("services=90919200&seat=UKE42&seat=FRK26", "seat", "Choose only 1. You have chosen 2."),
        ("", "services", "Choose at least one"),
    ],
)
def test_what_is_no_choice_is_refused_in_a_sentence_and_nothing_typed_is_lost(query, field, words):
    form = sent("name=Atlas&" + query)

    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert words in str(form.errors)
    assert 'value="Atlas"' in str(form)


def test_sixty_services_are_the_most():
    codes = "&".join(f"services={code}" for code in cpv.codes()[:61])

    assert not sent("name=A&" + codes).is_valid()
    assert sent("name=A&" + codes.rpartition("&")[0]).is_valid()


def test_looking_up_saves_nothing_shows_suggestions_and_keeps_what_was_typed():
    form = sent("name=&services=79530000&services_words=office+cleaning&look=services&regions=FR")
    page = str(form)

    assert form.is_looking
    assert not form.is_valid()
    assert form.errors == {}
    assert '<input type="checkbox" name="services" value="79530000" checked>' in page
    assert '<input type="checkbox" name="services" value="90919200">' in page
    assert '<input type="checkbox" name="regions" value="FR" checked>' in page
    assert 'value="office cleaning"' in page
    assert page.count('name="services" value=') <= SHOWN + 2


def test_words_that_were_typed_and_not_looked_up_are_looked_up_first():
    query = "name=Atlas&services=79530000&services_words=painting"

    assert sent(query).is_looking
    assert not sent(query + "&services_seen=painting").is_looking
    assert sent(query + "&services_seen=painting").is_valid()


def test_several_pickers_with_a_prefix_do_not_mix():
    form = sent("a-name=Atlas&a-services=79530000&a-regions_words=Leeds&look=a-regions", prefix="a")
    page = str(form)

    assert form.is_looking
    assert '<input type="checkbox" name="a-regions" value="UKE42">' in page
    assert 'Leeds <span class="picker__note">West Yorkshire, United Kingdom</span>' in page
    assert not sent("a-name=Atlas&a-services=79530000&look=services", prefix="a").is_looking
    assert not sent("name=Atlas&services=79530000&look=name").is_looking


def test_a_form_that_was_not_sent_shows_what_is_chosen_and_looks_for_nothing(django_assert_num_queries):
    form = FirmForm(initial={"services": ["90919200"], "regions": ["FR"], "seat": ["FRK26"]})

    with django_assert_num_queries(0):
        page = str(form)

    assert not form.is_looking
    assert "Office cleaning services" in page
    assert '<input type="radio" name="seat" value="FRK26" checked>' in page
    assert "None of these" in page


def test_a_choice_of_one_can_be_taken_back():
    form = sent("name=Atlas&services=90919200&seat=")

    assert form.is_valid()
    assert form.cleaned_data["seat"] == []


def test_the_form_knows_whether_something_changed():
    initial = {"name": "Atlas", "services": ["90919200"], "regions": [], "seat": []}

    assert sent("name=Atlas&services=90919200", initial=initial).changed_data == []
    assert sent("name=Atlas&services=79530000", initial=initial).changed_data == ["services"]


def test_data_of_a_program_are_taken_as_they_are():
    form = FirmForm({"name": "Atlas", "services": ["90919200"], "regions": "FR"})

    assert form.is_valid()
    assert form.cleaned_data["regions"] == ["FR"]
