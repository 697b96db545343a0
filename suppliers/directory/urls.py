from django.urls import path

from suppliers.directory import views

urlpatterns = [
    path("suppliers/", views.supplier_list, name="supplier-list"),
    path("directory/suggestions/", views.suggestion_list, name="suggestion-list"),
    path("sitemap.xml", views.sitemap_index, name="sitemap"),
    path("sitemap-suppliers-<int:number>.xml", views.sitemap_page, name="sitemap-page"),
]
