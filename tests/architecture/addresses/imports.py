"""The staff's list of imports; its addresses stand in the back office."""

from suppliers.imports.models import Import


def add_import(person, number):
    Import.objects.create(source=f"List {number}", file_name="firms.csv", size=1, started_by=person)


LISTS = {"/staff/supplier-imports/": ("stella", add_import)}
