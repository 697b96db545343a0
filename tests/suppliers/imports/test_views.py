import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suppliers.imports import running
from suppliers.imports.columns import guess
from suppliers.imports.models import Import
from suppliers.models import Supplier

pytestmark = pytest.mark.django_db
TEXT = "Raison sociale;Pays;Ville\nAtlas Propreté;France;Lyon\n;France;Nice\n=cmd|calc;France;Metz\n"


def upload(browser, text=TEXT, **fields):
    file = SimpleUploadedFile("firms.csv", text.encode("cp1252"))
    said = {"file": file, "source": "Chamber list", "country": "", "language": "fr"} | fields
    return browser.post("/staff/supplier-imports/new/", said)


@pytest.fixture
def uploaded(as_user, stella):
    browser = as_user(stella)
    browser.at = upload(browser)["Location"]
    return browser


def test_a_file_goes_from_upload_over_its_columns_to_an_import_that_runs(uploaded):
    page = uploaded.get(uploaded.at).content.decode()
    assert "Atlas Propreté" in page
    assert "There is no name." in page
    assert not Supplier.objects.exists()

    response = uploaded.post(uploaded.at, {"column-0": "name", "column-1": "country", "column-2": "town", "begin": "1"})

    of_import = Import.objects.get()
    assert response["Location"] == f"/staff/supplier-imports/inspect/{of_import.pk}/"
    assert of_import.is_running
    assert running.run(of_import)
    page = uploaded.get(response["Location"]).content.decode()
    assert "There is no name." in page
    assert "Undo this import" in page
    assert Supplier.objects.count() == 2


def test_the_preview_counts_its_rows_and_names_each_outcome_in_the_words_of_the_reader(uploaded, stella):
    said = uploaded.get(uploaded.at).content.decode()
    assert "What the first 3 rows would become" in said
    assert "<td>Created</td>" in said

    type(stella).objects.filter(pk=stella.pk).update(language="fr")
    said = uploaded.get(uploaded.at).content.decode()
    assert "<td>created</td>" not in said
    assert "<td>Created</td>" not in said


@pytest.mark.parametrize(
    "heading", ["Nom de l’entreprise", "NOM DE L'ENTREPRISE", "Nom du fournisseur", "Company name"]
)
def test_usual_headings_are_known(heading):
    assert guess([heading, "Ville"]) == {heading: "name", "Ville": "town"}


def test_trying_columns_shows_the_outcome_and_begins_nothing(uploaded):
    response = uploaded.post(uploaded.at, {"column-0": "name", "column-1": "", "column-2": "town"})

    assert "There is no country" in response.content.decode()
    assert not Import.objects.get().began_at


@pytest.mark.parametrize("columns", [{}, {"column-0": "name", "column-1": "name"}, {"column-0": "shoe size"}])
def test_impossible_columns_are_refused_and_begin_nothing(uploaded, columns):
    response = uploaded.post(uploaded.at, columns | {"begin": "1"})

    assert response.status_code == 422
    assert not Import.objects.get().began_at


def test_a_column_page_of_an_import_that_began_leads_to_its_page(uploaded):
    uploaded.post(uploaded.at, {"column-0": "name", "column-1": "country", "begin": "1"})

    assert uploaded.get(uploaded.at).status_code == 302
    assert uploaded.post(uploaded.at, {"column-0": "name", "begin": "1"}).status_code == 302


def test_a_file_that_is_no_table_is_refused_with_the_reason(as_user, stella):
    browser = as_user(stella)
    response = upload(browser, text="one\ntwo\n")

    page = browser.get(response["Location"], follow=True).content.decode()

    assert "no line of headings" in page


def test_a_form_without_file_or_source_says_so(as_user, stella):
    assert as_user(stella).post("/staff/supplier-imports/new/", {"source": ""}).status_code == 422
    assert not Import.objects.exists()


def test_remarks_come_as_a_table_without_live_formulas(uploaded):
    uploaded.post(uploaded.at, {"column-0": "name", "column-1": "country", "column-2": "town", "begin": "1"})
    of_import = Import.objects.get()
    running.run(of_import)

    response = uploaded.get(f"/staff/supplier-imports/{of_import.pk}/remarks.csv")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 4
    assert any("'=cmd|calc" in line for line in lines)


@pytest.mark.parametrize("address", ["", "new/", "1/columns/", "1/remarks.csv"])
def test_the_screens_are_not_there_for_anybody_else(as_user, omar, address):
    assert as_user(omar).get(f"/staff/supplier-imports/{address}").status_code == 404
