from django.urls import path

from suppliers.review import views

urlpatterns = [
    path("workspace/profile/send/", views.profile_submit, name="profile-submit"),
    path("workspace/profile/confirm/", views.profile_confirm, name="profile-confirm"),
    path("workspace/profile/receipts/", views.receipt_list, name="receipt-list"),
    path("workspace/profile/receipts/withdraw/", views.listing_withdraw, name="listing-withdraw"),
    path("workspace/profile/receipts/<int:pk>/", views.receipt_detail, name="receipt-detail"),
    path("workspace/profile/receipts/<int:pk>/text/", views.receipt_download, name="receipt-download"),
    path("account/confirmations/<str:token>/", views.confirmation_answer, name="confirmation-answer"),
    path("suppliers/<slug:slug>/report/", views.profile_report, name="profile-report"),
]
