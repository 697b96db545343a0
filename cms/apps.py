from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    # There is a second one in this module, and Django must not guess.
    default = True
    name = "cms"
    verbose_name = _("Site")

    def ready(self):
        from cms import footer  # noqa: F401  (its links join the registry)


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's users with our screen of people in place of its own, which would set passwords past allauth."""

    user_viewset = "marketplace.accounts.viewsets.PersonViewSet"
