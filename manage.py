#!/usr/bin/env python
"""The one entry point for operators: `manage.py up` runs everything, the rest are its tools."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from marketplace.embedded import explain

    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        sentence = str(error) if isinstance(error, ImproperlyConfigured) else explain(error)
        if sentence is None:
            raise
        sys.exit(f"manage.py: {sentence}")


if __name__ == "__main__":
    main()
