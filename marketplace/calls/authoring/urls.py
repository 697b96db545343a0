from django.urls import path

from marketplace.calls.authoring import ending_views, lot_views, views

urlpatterns = [
    path("workspace/calls/", views.desk_list, name="call-desk-list"),
    path("workspace/calls/new/", views.call_new, name="call-new"),
    path("workspace/calls/<slug:slug>/", views.desk, name="call-desk"),
    path("workspace/calls/<slug:slug>/lots/", lot_views.lot_list, name="call-lots"),
    path("workspace/calls/<slug:slug>/lots/new/", lot_views.lot_new, name="call-lot-new"),
    path("workspace/calls/<slug:slug>/lots/<int:number>/", lot_views.lot_edit, name="call-lot"),
    path("workspace/calls/<slug:slug>/lots/<int:number>/remove/", lot_views.lot_remove, name="call-lot-remove"),
    path("workspace/calls/<slug:slug>/lots/<int:number>/cancel/", ending_views.lot_cancel, name="call-lot-cancel"),
    path("workspace/calls/<slug:slug>/check/", views.check, name="call-check"),
    path("workspace/calls/<slug:slug>/preview/", views.preview, name="call-preview"),
    path("workspace/calls/<slug:slug>/take-back/", ending_views.call_take_back, name="call-take-back"),
    path("workspace/calls/<slug:slug>/delete/", ending_views.call_delete, name="call-delete"),
    path("workspace/calls/<slug:slug>/withdraw/", ending_views.call_withdraw, name="call-withdraw"),
    path("workspace/calls/<slug:slug>/cancel/", ending_views.call_cancel, name="call-cancel"),
    path("workspace/calls/<slug:slug>/<slug:step>/", views.call_step, name="call-step"),
]
