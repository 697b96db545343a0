from django.urls import path

from suppliers.registration import views

urlpatterns = [
    path("list-your-firm/", views.list_your_firm, name="list-your-firm"),
    path("list-your-firm/start/", views.list_your_firm_start, name="list-your-firm-start"),
    path("workspace/profile/", views.profile, name="profile"),
    path("workspace/profile/hide-now/", views.profile_hide, name="profile-hide"),
    path("workspace/profile/show-again/", views.profile_show, name="profile-show"),
    path("workspace/profile/references/", views.reference_list, name="reference-list"),
    path("workspace/profile/references/<int:pk>/", views.reference_edit, name="reference-edit"),
    path("workspace/profile/references/<int:pk>/remove/", views.reference_remove, name="reference-remove"),
    path("workspace/profile/services/<slug:code>/", views.service_regions, name="service-regions"),
    path("workspace/profile/<slug:step>/", views.profile_step, name="profile-step"),
]
