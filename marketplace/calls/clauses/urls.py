from django.urls import path

from marketplace.calls.clauses import views

urlpatterns = [
    path("calls/clauses/", views.clause_list, name="clause-list"),
    path("calls/clauses/<slug:code>/", views.clause_detail, name="clause-detail"),
    path("workspace/calls/<slug:slug>/clauses/", views.call_clauses, name="call-clauses"),
    path("workspace/calls/<slug:slug>/clauses/<int:pk>/readings/", views.clause_readings, name="clause-readings"),
]
