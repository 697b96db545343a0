import pytest
from django.core.exceptions import ValidationError

from cms.blocks import HomeBlocks, LinkBlock

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("place", "is_good"), [("supplier-list", True), ("", False)])
def test_a_link_leads_to_one_place(place, is_good):
    block = LinkBlock()
    value = block.to_python({"label": "Look", "place": place, "page": None})

    if is_good:
        assert block.clean(value).url == "/suppliers/"
    else:
        with pytest.raises(ValidationError):
            block.clean(value)


def test_a_home_page_opens_once():
    block = HomeBlocks()
    hero = ("hero", {"title": "A", "lead": "B", "question": "C", "examples": []})

    block.clean(block.to_python([{"type": kind, "value": value} for kind, value in [hero]]))
    with pytest.raises(ValidationError):
        block.clean(block.to_python([{"type": kind, "value": value} for kind, value in [hero, hero]]))
    with pytest.raises(ValidationError):
        block.clean(block.to_python([]))
