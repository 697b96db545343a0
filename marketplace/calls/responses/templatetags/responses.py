from django import template

from marketplace.calls.responses.sealing import to_the_second

register = template.Library()
register.filter("to_the_second", to_the_second)
