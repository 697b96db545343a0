from django.urls import path

from marketplace.matching import views

urlpatterns = [
    path("workspace/searches/", views.search_list, name="search-list"),
    path("workspace/searches/new/", views.search_save, name="search-save"),
    path("workspace/searches/new/<slug:kind>/", views.search_save, name="search-save-kind"),
    path("workspace/searches/export/", views.search_export, name="search-export"),
    path("workspace/searches/<int:pk>/", views.search_edit, name="search-edit"),
    path("workspace/searches/<int:pk>/delete/", views.search_delete, name="search-delete"),
    path("searches/stop/<str:token>/", views.alerts_stop, name="alerts-stop"),
]
