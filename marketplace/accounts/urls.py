from django.urls import path

from marketplace.accounts import demo, views

urlpatterns = [
    path("dev/sign-ins/", demo.sign_in_list, name="sign-in-list"),
    path("account/", views.account, name="account"),
    path("account/person/", views.person_edit, name="person-edit"),
    path("account/invitations/<str:token>/", views.invitation_answer, name="invitation-answer"),
    path("account/organisations/new/", views.organisation_register, name="organisation-register"),
    path("account/organisations/switch/", views.organisation_switch, name="organisation-switch"),
    path("account/organisations/join/", views.join_request, name="join-request"),
    path("workspace/", views.workspace, name="workspace"),
    path("workspace/organisation/", views.organisation_edit, name="organisation-edit"),
    path("workspace/people/", views.representative_list, name="representative-list"),
    path("workspace/people/<int:pk>/role/", views.representative_role, name="representative-role"),
    path("workspace/people/<int:pk>/remove/", views.representative_remove, name="representative-remove"),
    path("workspace/invitations/", views.invitation_send, name="invitation-send"),
    path("workspace/invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation-withdraw"),
    path("workspace/requests/", views.JoinRequestList.as_view(), name="join-request-list"),
    path("workspace/requests/<int:pk>/", views.join_request_decide, name="join-request-decide"),
]
