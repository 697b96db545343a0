from django.urls import path

from marketplace.calls.papers import views

urlpatterns = [
    path("calls/<slug:slug>/documents/<int:pk>/", views.call_document, name="call-document"),
    path("workspace/calls/<slug:slug>/documents/", views.document_list, name="call-document-list"),
    path("workspace/calls/<slug:slug>/documents/<int:pk>/", views.document_edit, name="call-document-edit"),
    path("workspace/calls/<slug:slug>/documents/<int:pk>/remove/", views.document_remove, name="call-document-remove"),
]
