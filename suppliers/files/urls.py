from django.urls import path

from suppliers.files import views

urlpatterns = [
    path("workspace/profile/documents/", views.document_list, name="document-list"),
    path("workspace/profile/documents/<int:pk>/", views.document_edit, name="document-edit"),
    path("workspace/profile/documents/<int:pk>/delete/", views.document_delete, name="document-delete"),
    path("workspace/profile/pictures/", views.picture_list, name="picture-list"),
    path("workspace/profile/pictures/<int:pk>/", views.picture_edit, name="picture-edit"),
    path("workspace/profile/pictures/<int:pk>/move/", views.picture_move, name="picture-move"),
    path("workspace/profile/pictures/<int:pk>/delete/", views.picture_delete, name="picture-delete"),
    path("workspace/profile/uploads/", views.upload_begin, name="upload-begin"),
    path("workspace/profile/uploads/<uuid:pk>/", views.upload_piece, name="upload-piece"),
    path("workspace/profile/uploads/<uuid:pk>/finish/", views.upload_finish, name="upload-finish"),
    path("files/documents/<int:pk>/", views.document_file, name="document-file"),
    path("files/pictures/<int:pk>/<slug:size>/", views.picture_file, name="picture-file"),
]
