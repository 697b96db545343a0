"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created
from django.urls import get_resolver

from marketplace.core.memory import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")


def limit_statements(connection, **kwargs):
    """No page may keep the database busy for longer than five seconds; commands and tasks may."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '5s'")


connection_created.connect(limit_statements)
application = get_wsgi_application()
# Every module is loaded before the first request, not by it.
_ = get_resolver().url_patterns
settle()
