from django.urls import path
from wagtail import hooks

from suppliers.imports import views
from suppliers.imports.viewsets import ImportViewSet


class ImportScreens(ImportViewSet):
    """The list and the page of an import, and the pages that lead to one."""

    def get_urlpatterns(self):
        own = [
            path("new/", views.import_new, name="new"),
            path("<int:pk>/columns/", views.import_columns, name="columns"),
            path("<int:pk>/remarks.csv", views.import_remarks, name="remarks"),
        ]
        return [*own, *super().get_urlpatterns()]


@hooks.register("register_admin_viewset")
def staff_screens():
    return ImportScreens()
