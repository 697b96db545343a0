from django.urls import path

from marketplace.calls.board import views

urlpatterns = [
    path("calls/", views.call_list, name="call-list"),
    path("calls/<slug:slug>/", views.call_detail, name="call-detail"),
    path("calls/<slug:slug>/calendar.ics", views.call_calendar, name="call-calendar"),
    path("calls/<slug:slug>/saved/", views.call_save, name="call-save"),
    path("feeds/calls.atom", views.call_atom, name="call-atom"),
    path("feeds/calls.ics", views.call_calendar_list, name="call-calendar-list"),
    path("workspace/saved-calls/", views.saved_call_list, name="saved-call-list"),
    path("sitemap-calls-<int:number>.xml", views.call_sitemap_page, name="call-sitemap-page"),
]
