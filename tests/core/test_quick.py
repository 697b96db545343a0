"""Templates of what repeats: they must draw what the components draw, and let nothing through."""

import re
from datetime import date

import jinja2
import pytest
from django.template import engines
from django.template.loader import get_template
from django.utils import translation

from suppliers.directory.cards import Card

HOSTILE = '<b title="x">& \'</b>'


def card(**changes):
    facts = {
        "supplier": None,
        "name": "Atlas",
        "url": "/suppliers/atlas/",
        "place": "Lyon, France",
        "serves": "",
        "summary": "",
        "summary_language": "fr",
        "services": [],
        "more": "",
        "facts": ["French"],
        "claims": [],
        "because": "",
        "logo": "",
        "panels": [],
    }
    return Card(**facts | changes)


def drawn(*cards):
    return get_template("directory/cards.html", using="quick").render({"cards": cards})


def skeleton(html):
    """The elements with their classes, in order."""
    return re.findall(r"<(\w+)[^>]*?(?: class=\"([^\"]*)\")?[ >]", html)


def test_a_card_of_the_directory_is_built_like_the_component():
    facts = "{% cotton:slot facts %}<span>French</span>{% endcotton:slot %}"
    opening = '{% cotton card name="Atlas" href="/suppliers/atlas/" level="2" %}'
    component = engines["django"].from_string(opening + facts + "{% endcotton %}")
    of_component = component.render({})
    of_directory = re.sub(r'<p class="card__place">.*?</p>', "", drawn(card()), flags=re.DOTALL)

    assert [name for _tag, name in skeleton(of_component) if name.startswith("card")] == [
        name for _tag, name in skeleton(of_directory) if name.startswith("card")
    ]
    assert {tag for tag, _name in skeleton(of_component)} == {tag for tag, _name in skeleton(of_directory)}


@pytest.mark.parametrize("place", ["name", "url", "place", "serves", "summary", "summary_language", "more", "because"])
def test_what_people_write_is_shown_as_text(place):
    html = drawn(card(**{"summary": "Cleaning", "services": ["cleaning"], place: HOSTILE}))

    assert "<b" not in html
    assert "&lt;b title=" in html


def test_lists_of_what_people_write_are_shown_as_text():
    html = drawn(card(services=[HOSTILE], facts=[HOSTILE]))

    assert "<b" not in html
    assert html.count("&lt;b title=") == 2


def test_a_name_that_is_not_there_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        get_template("directory/facets.html", using="quick").render({})


def test_days_numbers_and_words_are_those_of_the_page():
    template = engines["quick"].from_string('{{ _("Suppliers") }} {{ many|number }} {{ day|short_day }}')
    with translation.override("fr"):
        said = re.sub(r"<[^>]+>", "", template.render({"many": 12345, "day": date(2026, 12, 3)}))

    assert said.replace("\u202f", "\xa0") == "Fournisseurs 12\xa0345 3 déc. 2026"
