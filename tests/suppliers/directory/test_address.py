import pytest
from django.http import QueryDict

from suppliers.directory import address
from suppliers.directory.permissions import Viewer
from suppliers.directory.question import Question
from suppliers.evidence.models import Scheme

VISITOR = Viewer(is_member=False, meets_evidence=True, filters_by_evidence=False)
ENTITLED = Viewer(is_member=True, meets_evidence=True, filters_by_evidence=True)


def asked(query, viewer=VISITOR):
    return address.read(QueryDict(query), viewer, "en")


def test_every_parameter_is_read_and_written_back():
    query = (
        "q=caf%C3%A9+au+lait&country=GB&country=FR&cpv=90919200&region=UKE4&language=tr&size=micro"
        "&turnover=2m&capacity=250000&document=insurance&sort=name&bridges=off&after=abc"
    )

    found = asked(query)

    assert found.notes == []
    assert found.question == Question(
        words="café au lait",
        countries=("GB", "FR"),
        cpv=("90919200",),
        regions=("UKE4",),
        languages=("tr",),
        sizes=("micro",),
        turnovers=("2m",),
        capacity=250_000,
        documents=("insurance",),
        sort="name",
        bridges=False,
        after="abc",
    )
    assert address.write(found.question) == query


def test_what_people_write_differently_is_the_same_search():
    written = asked("country=uk&region=gbe4&cpv=90919200-4&language=TUR&q=++two%20%20words+")

    assert written.notes == []
    assert address.write(written.question) == "q=two+words&country=GB&cpv=90919200&region=UKE4&language=tr"


@pytest.mark.parametrize(
    ("query", "note"),
    [
        ("country=XX", "“XX” (Country)"),
        ("cpv=12", "“12” (Service)"),
        ("cpv=90919200-9", "“90919200-9” (Service)"),
        ("region=QQ9", "“QQ9” (Region served)"),
        ("size=huge", "“huge” (Size)"),
        ("turnover=-1", "“-1” (Turnover of a year)"),
        ("language=klingon", "“klingon” (Working language)"),
        ("capacity=17", "“17” (Has handled a contract of)"),
        ("capacity=10000&capacity=50000", "“capacity” stands in the address more than once"),
        ("document=gun", "“gun” (Document held)"),
        ("sort=price", "“price” (Order of the list)"),
        ("q=one&q=two", "“q” stands in the address more than once"),
        ("country=GB&country=GB", "“GB” stands in the address more than once"),
        ("q=" + "x" * 201, "We searched for the first 200 characters."),
        ("&".join(f"cpv={code}" for code in range(25)), "“Service” has more than 20 values"),
    ],
)
def test_what_cannot_be_read_is_passed_over_with_a_note(query, note):
    assert any(said.startswith(note) for said in asked(query).notes)


def test_unknown_parameters_and_empty_values_are_no_mistake():
    found = asked("utm_source=mail&country=&capacity=&q=&sort=&page=7")

    assert found.notes == []
    assert address.write(found.question) == ""


@pytest.mark.parametrize("query", ["q=a%00b", "q=%ed%a0%80", "country=%00", "cpv=%00&region=%ff", "after=%00"])
def test_control_signs_and_broken_letters_are_harmless(query):
    question = asked(query).question

    assert all(sign.isprintable() for sign in question.words)
    assert question.countries == question.cpv == question.regions == ()


def test_evidence_is_read_for_entitled_sessions_alone(db):
    Scheme.objects.create(name="Open Mark", slug="open-mark", issuer="OSM")
    query = "tier=certified&scheme=open-mark"

    entitled, visitor = asked(query, ENTITLED), asked(query)

    assert entitled.question.tiers == ("certified",)
    assert entitled.question.schemes == ("open-mark",)
    assert address.write(entitled.question) == query
    assert (visitor.question.tiers, visitor.question.schemes, visitor.question.sees_evidence) == ((), (), False)
    assert visitor.notes == ["A filter of this address does not exist for you and was passed over."]
    assert {"tier", "scheme"}.isdisjoint(facet.name for facet in visitor.facets)


def test_the_note_does_not_say_whether_a_scheme_exists(db):
    Scheme.objects.create(name="Open Mark", slug="open-mark", issuer="OSM")

    assert asked("scheme=open-mark").notes == asked("scheme=no-such-mark").notes


def test_a_changed_search_begins_at_its_first_page():
    question = asked("q=bread&country=GB&after=abc").question

    assert address.url(question, sort="name") == "/suppliers/?q=bread&country=GB&sort=name"
    assert address.url(question, **address.without(question, "country", "GB")) == "/suppliers/?q=bread"
    assert address.url(Question()) == "/suppliers/"


def test_taking_off_the_only_value_of_a_single_facet_empties_it():
    question = asked("capacity=10000").question

    assert address.url(question, **address.without(question, "capacity", "10000")) == "/suppliers/"
