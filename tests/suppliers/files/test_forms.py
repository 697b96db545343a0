from django.utils import translation

from suppliers.files.forms import DocumentsForm


def test_the_help_speaks_the_language_of_the_page():
    said = {}
    for language in ("en", "fr"):
        with translation.override(language):
            said[language] = str(DocumentsForm().fields["files"].help_text)

    assert "20 MB each" in said["en"]
    assert "20 Mo chacun" in said["fr"]
