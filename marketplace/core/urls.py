"""Pages of the ground floor for people."""

from django.urls import path

from marketplace.core import catalogue

urlpatterns = [
    path("dev/components/", catalogue.component_list, name="component-list"),
]
