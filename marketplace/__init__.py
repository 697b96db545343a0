"""The project package: the ground floor (core, accounts) and the rooms where suppliers and buyers meet."""

from marketplace.celery import app as celery_app

__all__ = ["celery_app"]
