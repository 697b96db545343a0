from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "suppliers.files"
    label = "files"
    verbose_name = _("Documents and pictures")

    def ready(self):
        from suppliers.files import due, holdings, panels, receivers, seed  # noqa: F401  (they join the registry)
