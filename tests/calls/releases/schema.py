"""The published schema of OCDS 1.1.5 as a judge; it reaches for no network."""

import json
import re
from datetime import datetime
from urllib.parse import urlsplit

from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

formats = FormatChecker(formats=())
#: RFC 3339: an offset is never left out.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@formats.checks("date-time", raises=ValueError)
def is_moment(value):
    return not isinstance(value, str) or bool(MOMENT.fullmatch(value) and datetime.fromisoformat(value))


@formats.checks("uri", raises=ValueError)
def is_address(value):
    return not isinstance(value, str) or (bool(urlsplit(value).scheme) and " " not in value)


def judge(shared_data, name):
    """`judge(shared_data, "release-package-schema")(package)` is a list of everything that is wrong with it."""
    folder = shared_data / "ocds" / "schema-1.1.5"
    schemas = [json.loads(path.read_text()) for path in folder.glob("*-schema.json")]
    known = Registry().with_resources(
        (schema["id"], Resource.from_contents(schema, default_specification=DRAFT4))
        for schema in schemas
        if "id" in schema
    )
    wanted = json.loads((folder / f"{name}.json").read_text())
    validator = Draft4Validator(wanted, registry=known, format_checker=formats)
    return lambda said: [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(said)]
