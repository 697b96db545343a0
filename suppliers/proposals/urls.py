from django.urls import path

from suppliers.proposals import views

urlpatterns = [
    path("proposals/<str:token>/", views.proposal_answer, name="proposal-answer"),
    path("join-through/<str:token>/", views.partner_join, name="partner-join"),
    path("workspace/firms/", views.FirmList.as_view(), name="firm-list"),
    path("workspace/firms/new/", views.firm_draft, name="firm-draft"),
    path("workspace/firms/<int:pk>/", views.firm_change, name="firm-change"),
    path("workspace/firms/<int:pk>/ask/", views.firm_ask, name="firm-ask"),
    path("workspace/firms/<int:pk>/withdraw/", views.firm_withdraw, name="firm-withdraw"),
    path("workspace/partners/<int:pk>/end/", views.partner_consent_end, name="partner-consent-end"),
]
