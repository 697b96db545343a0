"""Suggestions while somebody types: public, for every role alike."""

from tests.architecture.access import EVERYONE, Row

TABLE = {
    "vocabulary/services/": Row(get=EVERYONE),
    "vocabulary/regions/": Row(get=EVERYONE),
}
