from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntroductionsConfig(AppConfig):
    name = "marketplace.introductions"
    label = "introductions"
    verbose_name = _("Introductions")

    def ready(self):
        from marketplace.introductions import panels, seed  # noqa: F401  (their entries join the registry)
