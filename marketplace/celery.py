"""The Celery application: `celery -A marketplace worker` and `celery -A marketplace beat`."""

import os

import structlog
from celery import Celery
from celery.signals import setup_logging, task_postrun, task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings")

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logs(**kwargs):
    """Whoever answers this signal keeps Celery from setting up its own; Django has done ours already."""


@task_prerun.connect
def name_task_in_logs(task_id, task, **kwargs):
    structlog.contextvars.bind_contextvars(task=task.name, task_id=task_id)


@task_postrun.connect
def forget_task_in_logs(**kwargs):
    structlog.contextvars.unbind_contextvars("task", "task_id")
