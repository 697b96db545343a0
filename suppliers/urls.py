from django.urls import path

from suppliers import views

urlpatterns = [
    path("", views.SupplierList.as_view(), name="supplier-list"),
    path("<slug:slug>/", views.supplier_detail, name="supplier-detail"),
]
