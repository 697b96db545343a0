from django.urls import path

from marketplace.calls.amendments import document_views, views

HERE = "workspace/calls/<slug:slug>/amendment/"
urlpatterns = [
    path(HERE, views.amendment_detail, name="call-amendment"),
    path(f"{HERE}begin/", views.amendment_begin, name="call-amendment-begin"),
    path(f"{HERE}discard/", views.amendment_discard, name="call-amendment-discard"),
    path(f"{HERE}extend/", views.amendment_extend, name="call-amendment-extend"),
    path(f"{HERE}clauses/", views.amendment_clauses, name="call-amendment-clauses"),
    path(f"{HERE}documents/", document_views.amendment_documents, name="call-amendment-documents"),
    path(f"{HERE}documents/new/", document_views.amendment_document_add, name="call-amendment-document-new"),
    path(f"{HERE}documents/<int:pk>/", document_views.amendment_document_edit, name="call-amendment-document"),
    path(
        f"{HERE}documents/<int:pk>/file/", document_views.amendment_document_file, name="call-amendment-document-file"
    ),
    path(
        f"{HERE}documents/<int:pk>/remove/",
        document_views.amendment_document_remove,
        name="call-amendment-document-remove",
    ),
    path(f"{HERE}lots/new/", views.amendment_lot, name="call-amendment-lot-new"),
    path(f"{HERE}lots/<int:number>/", views.amendment_lot, name="call-amendment-lot"),
    path(f"{HERE}lots/<int:number>/remove/", views.amendment_lot_remove, name="call-amendment-lot-remove"),
    path(f"{HERE}<slug:step>/", views.amendment_step, name="call-amendment-step"),
]
