from django.urls import path

from buyers import views

urlpatterns = [
    path("workspace/buying/", views.buying, name="buying"),
    path("workspace/buying/clearance/", views.clearance_ask, name="buying-clearance"),
]
