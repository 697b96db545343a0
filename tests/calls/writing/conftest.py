import pytest
from django.http import QueryDict

from marketplace.calls.facts import facts_of


def sent(**fields):
    """What a page of the form sends."""
    data = QueryDict(mutable=True)
    for name, value in fields.items():
        data.setlist(name, [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)])
    return data


@pytest.fixture
def fill():
    """`fill(WhatForm, call, title="…")` is the form as its page sends it: what it shows, with these fields typed."""

    def make(form_class, call, *, without=(), **typed):
        facts = typed.pop("facts", None) or facts_of(call)
        own = {name: typed.pop(name) for name in ("person", "number") if name in typed}
        blank = form_class(facts=facts, call=call, **own)
        shown = {name: blank.get_initial_for_field(field, name) for name, field in blank.fields.items()}
        data = {name: value for name, value in shown.items() if value not in (None, "", [], False)} | typed
        return form_class(sent(**{n: v for n, v in data.items() if n not in without}), facts=facts, call=call, **own)

    return make
