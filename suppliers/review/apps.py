from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "suppliers.review"
    label = "review"
    verbose_name = _("Review of profiles")

    def ready(self):
        from suppliers.review import due, panels, seed  # noqa: F401  (their entries join the registry)
