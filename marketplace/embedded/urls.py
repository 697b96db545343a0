from django.urls import path

from marketplace.embedded import views

app_name = "embedded"
urlpatterns = [
    path("dev/mail/", views.mail_list, name="mail-list"),
    path("dev/mail/<str:name>/", views.mail_detail, name="mail-detail"),
    path("dev/mail/<str:name>/html/", views.mail_html, name="mail-html"),
]
