from django.urls import path

from marketplace.calls.releases import views

urlpatterns = [
    path("releases.json", views.release_list, name="release-list"),
    path("releases.jsonl", views.release_lines, name="release-lines"),
    path("records/<slug:ocid>.json", views.record_detail, name="record-detail"),
]
