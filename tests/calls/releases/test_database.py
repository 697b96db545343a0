"""What the database holds of releases, past every action."""

import pytest
from django.utils import timezone

from marketplace.calls.releases.models import Release
from marketplace.core.invariants import breaches
from tests.calls.guards import breaks, without
from tests.factories.calls import CallFactory
from tests.factories.releases import a_release_of, released

pytestmark = pytest.mark.django_db
TABLE = "releases_release"


def test_a_release_is_never_changed():
    rows = Release.objects.filter(call=released())
    for name, value in {"content": '{"a": 1}', "released_at": timezone.now(), "tag": "award", "number": 7}.items():
        with breaks("release_is_never_changed"):
            rows.update(**{name: value})

    without(TABLE, "release_holds")
    assert rows.update(content='{"a": 1}') == 1


def test_a_release_is_never_removed():
    rows = Release.objects.filter(call=released())
    with breaks("release_is_never_changed"):
        rows.delete()

    without(TABLE, "release_holds")
    assert rows.delete()[0] == 1


def test_a_release_is_of_a_call_that_everybody_sees():
    for call in (CallFactory(published=True, members_only=True), CallFactory(scheduled=True)):
        with breaks("release_is_of_a_call_that_everybody_sees"):
            a_release_of(call).save()

    without(TABLE, "release_holds")
    a_release_of(call).save()


def test_all_releases_of_a_call_have_one_ocid():
    call = released()
    with breaks("release_keeps_the_ocid_of_its_call"):
        a_release_of(call, ocid="another").save()

    without(TABLE, "release_holds")
    a_release_of(call, ocid="another").save()


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("release_number_once_per_call", {"number": 1}),
        ("release_number_begins_at_one", {"number": 0}),
        ("release_says_something", {"content": ""}),
        ("release_says_something", {"tag": ""}),
    ],
)
def test_a_rule_of_the_row(rule, fields):
    call = released()
    ocid = call.releases.get().ocid
    with breaks(rule):
        a_release_of(call, ocid=ocid, **fields).save()

    a_release_of(call, ocid=ocid).save()


def found():
    return {breach.sentence for breach in breaches(timezone.now())}


def test_the_invariants_find_a_gap_and_a_release_for_members():
    call = released()
    assert not {sentence for sentence in found() if "release" in sentence}
    without(TABLE, "release_holds")
    a_release_of(call, number=3, identifier="x").save()
    a_release_of(CallFactory(published=True, members_only=True)).save()

    assert {sentence for sentence in found() if "release" in sentence} == {
        "the releases of a call are numbered without a gap and have one ocid",
        "no release is of a call that is for members alone",
    }
