from marketplace.calls.releases.models import Release
from marketplace.calls.releases.recording import record
from tests.factories.calls import CallFactory


def released(**fields):
    """A published call that was written down as open data."""
    call = CallFactory(**({"published": True} | fields))
    record([call.pk])
    return call


def a_release_of(call, **fields):
    """A row as it might be written by hand."""
    number = call.releases.count() + 1
    values = {
        "number": number,
        "ocid": f"tessera-{call.pk}",
        "identifier": f"tessera-{call.pk}-{number}",
        "tag": "tender",
        "released_at": call.publish_at,
        "content": "{}",
    }
    return Release(call=call, **(values | fields))
