from django.db import migrations

PAGE_PERMISSIONS = ["add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"]
FILE_PERMISSIONS = [
    ("wagtailimages", "image", ["add_image", "change_image", "choose_image"]),
    ("wagtaildocs", "document", ["add_document", "change_document", "choose_document"]),
]


def permission(apps, app_label, model, codename):
    """Django makes most permissions only after all migrations, so this one may have to."""
    kind = apps.get_model("contenttypes.ContentType").objects.get_or_create(app_label=app_label, model=model)[0]
    name = f"Can {codename.replace('_', ' ')}"
    manager = apps.get_model("auth.Permission").objects
    return manager.get_or_create(content_type=kind, codename=codename, defaults={"name": name})[0]


def make_group(apps, schema_editor):
    """Staff open the back office and edit the site; who is staff stands at the person."""
    group = apps.get_model("auth.Group").objects.get_or_create(name="Staff")[0]
    group.permissions.add(
        permission(apps, "wagtailadmin", "admin", "access_admin"),
        permission(apps, "wagtail_localize", "translation", "submit_translation"),
        permission(apps, "cms", "sitedetails", "change_sitedetails"),
    )
    root = apps.get_model("wagtailcore.Page").objects.get(depth=1)
    page_permissions = apps.get_model("wagtailcore.GroupPagePermission").objects
    for codename in PAGE_PERMISSIONS:
        allowed = permission(apps, "wagtailcore", "page", codename)
        page_permissions.get_or_create(group=group, page=root, permission=allowed)
    collection = apps.get_model("wagtailcore.Collection").objects.get(depth=1)
    file_permissions = apps.get_model("wagtailcore.GroupCollectionPermission").objects
    for app_label, model, codenames in FILE_PERMISSIONS:
        for codename in codenames:
            allowed = permission(apps, app_label, model, codename)
            file_permissions.get_or_create(group=group, collection=collection, permission=allowed)


def remove_group(apps, schema_editor):
    apps.get_model("auth.Group").objects.filter(name="Staff").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0002_first_pages"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtail_localize", "0016_rename_page_revision_translationlog_revision"),
    ]
    operations = [migrations.RunPython(make_group, remove_group)]
