from django.urls import path

from marketplace.matching.matches import views

urlpatterns = [
    path("workspace/calls-for-you/", views.calls_for_you, name="calls-for-you"),
    path("workspace/calls-for-you/set-aside/", views.calls_set_aside, name="calls-set-aside"),
    path("workspace/calls-for-you/set-aside/rules/<slug:key>/", views.tuning_switch, name="tuning-switch"),
    path("workspace/calls-for-you/<slug:slug>/set-aside/", views.call_set_aside, name="call-set-aside"),
    path("workspace/calls-for-you/<slug:slug>/take-back/", views.aside_take_back, name="aside-take-back"),
    path("workspace/calls/<slug:slug>/suppliers/", views.call_suppliers, name="call-suppliers"),
]
