from django.urls import path

from marketplace.calls.responses import desk_views, views

urlpatterns = [
    path("calls/<slug:slug>/lots/<int:number>/response/", views.response_edit, name="call-response"),
    path("workspace/responses/", views.response_list, name="response-list"),
    path("workspace/responses/files/<int:pk>/", views.response_file, name="response-file"),
    path("workspace/calls/<slug:slug>/responses/", desk_views.desk_list, name="call-responses"),
    path("workspace/calls/<slug:slug>/responses/list.csv", desk_views.desk_export, name="call-responses-export"),
    path("workspace/calls/<slug:slug>/responses/<uuid:pk>/", desk_views.desk_response, name="call-responses-read"),
]
