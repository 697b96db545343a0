from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionsConfig(AppConfig):
    name = "marketplace.calls.questions"
    label = "questions"
    verbose_name = _("Questions about calls")

    def ready(self):
        from marketplace.calls.questions import due, panels  # noqa: F401  (their entries join the registry)
