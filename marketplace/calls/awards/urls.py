from django.urls import path

from marketplace.calls.awards import views

urlpatterns = [
    path("workspace/calls/<slug:slug>/lots/<int:number>/award/", views.lot_award, name="lot-award"),
]
