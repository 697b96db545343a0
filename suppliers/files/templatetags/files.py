from django import template

from suppliers.files.models import Picture

register = template.Library()


@register.simple_tag
def picture(row: Picture, size: str) -> str:
    """The address of a picture in one of its sizes."""
    return row.address(size)
