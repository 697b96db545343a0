from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "suppliers.directory"
    label = "directory"
    verbose_name = _("Directory")

    def ready(self):
        from suppliers.directory import due, receivers, seed  # noqa: F401  (they join the registry and the signals)
