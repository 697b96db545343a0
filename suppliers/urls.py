from django.urls import path

from suppliers import views

urlpatterns = [
    path("<slug:slug>/", views.supplier_detail, name="supplier-detail"),
]
