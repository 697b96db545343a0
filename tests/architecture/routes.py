"""Every address of the product, read from the URL resolver."""

from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern


@dataclass(frozen=True)
class Route:
    """`path` is the pattern as written, without the language prefix."""

    path: str
    name: str
    parameters: tuple[str, ...]

    def address(self, values: dict[str, Any]) -> str:
        """A concrete address; parameters without a value get a harmless one."""
        address = self.path
        for parameter in self.parameters:
            key = parameter.split(":")[-1]
            value = values.get(key, 1 if parameter.startswith("int:") else "nothing")
            address = address.replace(f"<{parameter}>", str(value))
        return "/" + address


def every_route() -> list[Route]:
    return list(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, before: str):
    for entry in resolver.url_patterns:
        path = before + _written(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(path, entry.name or "", tuple(_parameters(path)))
        else:
            yield from _walk(entry, path)


def _written(pattern) -> str:
    if isinstance(pattern, LocalePrefixPattern):
        return ""
    if isinstance(pattern, RegexPattern):
        return "~" + str(pattern)
    return str(pattern)


def _parameters(path: str):
    while "<" in path and "~" not in path:
        _, _, path = path.partition("<")
        parameter, _, path = path.partition(">")
        yield parameter
