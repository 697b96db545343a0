"""The composition root: the only list of addresses, and with settings the only module that knows every app.

Pages for people stand in `i18n_patterns`: LocaleMiddleware forces the default language on everything outside it.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from marketplace.core import views as core_views

urlpatterns = [
    path("healthz", core_views.health_alive, name="health-alive"),
    path("readyz", core_views.health_ready, name="health-ready"),
    # One account page for everybody: Wagtail's own asks for names that we do not keep.
    path("staff/account/", RedirectView.as_view(pattern_name="account")),
    path("staff/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("ocds/", include("marketplace.calls.releases.urls")),
    # What pages show of pictures is public; originals, with the place they were taken, and all other media are not.
    path("media/images/<path:path>", serve, {"document_root": settings.MEDIA_ROOT / "images"}, name="picture"),
]
urlpatterns += i18n_patterns(
    path("", include("marketplace.embedded.urls")),
    path("", include("marketplace.core.urls")),
    path("", include("marketplace.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("", include("suppliers.files.urls")),
    path("", include("suppliers.review.urls")),
    path("", include("suppliers.registration.urls")),
    path("", include("suppliers.proposals.urls")),
    path("", include("suppliers.directory.urls")),
    path("", include("buyers.urls")),
    # Before the board, whose /calls/<slug>/ is the widest; the rooms below it stand under that address.
    path("", include("marketplace.calls.papers.urls")),
    path("", include("marketplace.calls.clauses.urls")),
    path("", include("marketplace.calls.questions.urls")),
    path("", include("marketplace.calls.responses.urls")),
    path("", include("marketplace.calls.amendments.urls")),
    path("", include("marketplace.calls.awards.urls")),
    path("", include("marketplace.matching.matches.urls")),
    path("", include("marketplace.calls.authoring.urls")),
    path("", include("marketplace.calls.board.urls")),
    path("", include("marketplace.matching.urls")),
    path("", include("marketplace.introductions.urls")),
    path("suppliers/", include("suppliers.urls")),
    # Wagtail's own sign-in knows neither a second factor nor our limits; ours answers in its place.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
