from django.urls import path

from marketplace.calls.questions import views

urlpatterns = [
    path("calls/<slug:slug>/questions/", views.question_ask, name="call-questions"),
    path("workspace/calls/<slug:slug>/questions/", views.question_list, name="call-questions-desk"),
]
