#!/usr/bin/env python
"""The one entry point for operators: `manage.py up` runs everything, the rest are its tools."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from marketplace.embedded import explain

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")
    except OperationalError as error:
        sentence = explain(error)
        if sentence is None:
            raise
        sys.exit(f"manage.py: {sentence}")


if __name__ == "__main__":
    main()
