"""Searches of the directory in its own terms: what a person may ask follows from how things stand today."""

from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext

from suppliers.directory import address
from suppliers.directory.address import Asked
from suppliers.directory.permissions import Viewer


def read(parameters: QueryDict, viewer: Viewer, language: str) -> Asked:
    """The search of an address from its beginning, without what this person may not ask."""
    if not any(parameters.getlist(name) for name in address.EVIDENCE):
        viewer = replace(viewer, filters_by_evidence=False)  # spares the schemes, which are not asked for
    found = address.read(parameters, viewer, language)
    found.question = replace(found.question, after="")
    return found


def written(found: Asked) -> str:
    """The one way to write the search."""
    return address.write(found.question)


def filters_of(found: Asked) -> list[str]:
    """What is asked, as people read it."""
    question = found.question
    words = [f"“{question.words}”"] if question.words else []
    chosen = [
        f"{facet.legend}: {facet.label(value, question.language)}"
        for facet in found.facets
        for value in address.chosen(question, facet.name)
    ]
    return words + chosen or [gettext("every firm")]


def name_of(found: Asked) -> str:
    """A name to begin with."""
    question = found.question
    labels = [
        facet.label(value, question.language)
        for facet in found.facets
        for value in address.chosen(question, facet.name)
    ]
    return ", ".join([question.words, *labels] if question.words else labels)[:120]
