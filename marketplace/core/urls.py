"""Pages of the ground floor for people."""

from django.urls import path

from marketplace.core import catalogue
from marketplace.core.vocab import views as vocab_views

urlpatterns = [
    path("dev/components/", catalogue.component_list, name="component-list"),
    path("vocabulary/services/", vocab_views.service_suggest, name="service-suggest"),
    path("vocabulary/regions/", vocab_views.region_suggest, name="region-suggest"),
]
