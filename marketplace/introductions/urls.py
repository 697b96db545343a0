from django.urls import path

from marketplace.introductions import views

urlpatterns = [
    path("workspace/shortlists/", views.shortlist_list, name="shortlist-list"),
    path("workspace/shortlists/add/<slug:slug>/", views.shortlist_add, name="shortlist-add"),
    path("workspace/shortlists/entries/<int:pk>/note/", views.entry_note, name="entry-note"),
    path("workspace/shortlists/entries/<int:pk>/remove/", views.entry_remove, name="entry-remove"),
    path("workspace/shortlists/<int:pk>/", views.shortlist_detail, name="shortlist-detail"),
    path("workspace/shortlists/<int:pk>/edit/", views.shortlist_edit, name="shortlist-edit"),
    path("workspace/shortlists/<int:pk>/delete/", views.shortlist_delete, name="shortlist-delete"),
    path("workspace/shortlists/<int:pk>/compare/", views.shortlist_compare, name="shortlist-compare"),
    path("workspace/shortlists/<int:pk>/export/", views.shortlist_export, name="shortlist-export"),
]
