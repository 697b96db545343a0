from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "suppliers.files"
    label = "files"
    verbose_name = _("Documents and pictures")

    def ready(self):
        from suppliers.files import due, panels, receivers, seed  # noqa: F401  (their entries join the registry)
