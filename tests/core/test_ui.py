"""The frame of every page: rendering for htmx and without, languages, lists, forms, error pages, colours."""

import gzip
import re
from pathlib import Path

import django_filters
import mrml
import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.http import Http404
from django.template import Context, RequestContext, Template
from django.template.loader import get_template
from django.test import Client
from django.utils import translation
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error
from django_cotton.compiler_regex import CottonCompiler
from django_htmx.middleware import HtmxMiddleware

from marketplace.accounts.models import Organisation
from marketplace.core import stylesheet, ui

HTMX = {"HTTP_HX_REQUEST": "true"}


class TownFilter(django_filters.FilterSet):
    country = django_filters.MultipleChoiceFilter(label="Country", choices=[("GB", "United Kingdom"), ("FR", "France")])
    name = django_filters.CharFilter(label="Name", lookup_expr="icontains")

    class Meta:
        model = Organisation
        fields = ["country", "name"]


class OrganisationList(ui.ListView):
    model = Organisation
    filterset_class = TownFilter
    template_name = "core/component_list.html"
    paginate_by = 2
    ordering = ["name"]


@pytest.fixture
def ask(rf):
    """A request as the middleware hands it to a view."""

    def made(address="/", **headers):
        request = rf.get(address, **headers)
        HtmxMiddleware(lambda request: None)(request)
        return request

    return made


def text(response):
    return response.content.decode()


def component(source, **context):
    """A piece of template with components in it, as the loader would read it from a file."""
    request = context.pop("request", None)
    whole = RequestContext(request, context) if request else Context(context)
    return Template(CottonCompiler().process(source)).render(whole)


# --- Rendering --------------------------------------------------------------------------------------------------


@pytest.fixture
def paged(settings, tmp_path):
    """A template with a part, found before all others."""
    (tmp_path / "paged.html").write_text(
        "<main>{% partialdef part inline %}<i>{{ word }}</i>{% endpartialdef %}</main>"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    return "paged.html#part"


def test_htmx_gets_the_part_and_everybody_else_the_page(ask, paged):
    assert text(ui.render(ask(**HTMX), paged, {"word": "new"})) == "<i>new</i>"
    assert text(ui.render(ask(), paged, {"word": "new"})) == "<main><i>new</i></main>"


def test_boosted_links_and_restored_history_get_the_whole_page(ask, paged):
    for header in ("HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST"):
        assert text(ui.render(ask(**HTMX, **{header: "true"}), paged)).startswith("<main>")


def test_caches_are_told_that_part_and_page_differ(ask, paged):
    response = ui.render(ask(), paged, status=422)

    assert response.headers["Vary"] == "HX-Request"
    assert response.status_code == 422


# --- The frame --------------------------------------------------------------------------------------------------


def test_every_language_leads_to_the_same_page_with_its_search(ask):
    frame = ui.Frame(ask("/account/login/?next=%2Fworkspace%2F"))

    assert [(link.code, link.name, link.url) for link in frame.languages] == [
        ("fr", "Français", "/fr/account/login/?next=%2Fworkspace%2F")
    ]


def test_an_address_that_exists_in_no_language_leads_home(ask):
    assert [link.url for link in ui.Frame(ask("/healthz")).languages] == ["/fr/"]


def test_a_view_may_know_the_other_address_better(ask):
    request = ask("/account/login/")
    request.translations = {"fr": "/fr/a-propos/"}

    assert [link.url for link in ui.Frame(request).languages] == ["/fr/a-propos/"]


def test_a_page_that_speaks_another_language_than_its_address_leads_home(ask):
    with translation.override("fr"):
        [english] = ui.Frame(ask("/account/login/")).languages

    assert english.url == "/"


def test_no_address_of_a_stranger_gets_into_the_language_links(ask):
    assert [link.url for link in ui.Frame(ask("//evil.example/%0d%0a")).languages] == ["/fr/"]


@pytest.mark.django_db
def test_a_page_says_its_language_and_direction_and_can_be_skipped(client):
    english, french = text(client.get("/account/login/")), text(client.get("/fr/account/login/"))

    assert '<html lang="en" dir="ltr">' in english
    assert '<html lang="fr" dir="ltr">' in french
    assert '<a class="skip-link" href="#main">' in english
    assert '<main id="main" tabindex="-1">' in english
    assert 'href="/fr/account/login/" lang="fr" hreflang="fr">Français</a>' in english
    assert 'href="/account/login/" lang="en" hreflang="en">English</a>' in french


@pytest.mark.django_db
def test_the_menu_of_a_signed_in_person_signs_out_by_post(as_user, zed):
    html = text(as_user(zed).get("/account/"))

    assert re.search(r'<form method="post" action="/account/logout/">.*?<button type="submit">', html, re.DOTALL)
    assert 'href="/account/login/"' not in html


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/account/login/", "/account/signup/", "/dev/components/"])
def test_no_page_carries_inline_style_or_script(client, settings, address):
    settings.DEMO = True

    html = text(client.get(address))

    assert "<!doctype html>" in html
    assert not re.findall(r"\sstyle=|<style|\son[a-z]+=|javascript:", html)
    scripts = re.findall(r"<script([^>]*)>", html)
    assert scripts
    assert all("src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)


# --- Lists ------------------------------------------------------------------------------------------------------


@pytest.fixture
def organisations(db):
    for number, country in enumerate(["GB", "FR", "FR", "BE", "FR"]):
        Organisation.objects.create(name=f"Firm {number}", country=country)


class ContextList(OrganisationList):
    """Shows what the template would be given."""

    def render_to_response(self, context, **kwargs):
        return context


def context_of(ask, query):
    return ContextList.as_view()(ask(f"/list/{query}"))


def test_a_list_is_filtered_and_counted(ask, organisations):
    context = context_of(ask, "?country=FR")

    assert context["total"] == 3
    assert [row.name for row in context["object_list"]] == ["Firm 1", "Firm 2"]
    assert context["page_obj"].paginator.num_pages == 2


def test_each_active_filter_is_a_chip_that_takes_away_only_itself(ask, organisations):
    context = context_of(ask, "?country=FR&country=GB&name=firm&page=1&sort=name")

    assert [(chip.label, chip.url) for chip in context["chips"]] == [
        ("Country: France", "/list/?country=GB&name=firm&sort=name"),
        ("Country: United Kingdom", "/list/?country=FR&name=firm&sort=name"),
        ("Name: firm", "/list/?country=FR&country=GB&sort=name"),
    ]


@pytest.mark.parametrize("query", ["?country=XX", "?name=%00", "?country=", "?name=" + "x" * 5000, "?country=FR%00"])
def test_a_filter_that_makes_no_sense_is_no_chip_and_no_error(ask, organisations, query):
    context = context_of(ask, query)

    assert all("XX" not in chip.label and "\x00" not in chip.url for chip in context["chips"])


@pytest.mark.parametrize("number", ["0", "99", "-1", "x", "9" * 5000])
def test_a_page_that_does_not_exist_is_not_found(ask, organisations, number):
    with pytest.raises(Http404):
        context_of(ask, f"?page={number}")


@pytest.mark.parametrize("rows", [1, 5])
def test_a_list_asks_the_database_the_same_number_of_questions_for_any_rows(ask, db, rows, django_assert_num_queries):
    for number in range(rows):
        Organisation.objects.create(name=f"Firm {number}", country="FR")

    with django_assert_num_queries(2):
        list(context_of(ask, "?country=FR")["object_list"])


def test_pages_keep_the_search_in_their_addresses(ask, organisations):
    request = ask("/list/?country=FR&page=2")
    page = context_of(ask, "?country=FR&page=2")["page_obj"]

    html = component('<c-pagination :page="page" />', page=page, request=request)

    assert 'href="?country=FR&amp;page=1"' in html
    assert '<span aria-current="page">' in html


# --- Forms ------------------------------------------------------------------------------------------------------


class Registration(forms.Form):
    name = forms.CharField(help_text="As registered")
    email = forms.EmailField(required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    size = forms.ChoiceField(choices=[("s", "Small"), ("m", "Middle")], widget=forms.RadioSelect)
    agrees = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("Together they make no sense.")


def test_a_field_has_its_label_above_and_help_and_error_tied_to_it():
    html = str(Registration({"name": ""}))

    marks = ['for="id_name">', 'id="id_name_helptext"', 'id="id_name_error"', '<input type="text"']
    places = [html.index(mark) for mark in marks]
    assert places == sorted(places)
    assert re.search(r'<input type="text"[^>]*aria-describedby="id_name_helptext id_name_error"', html)
    assert re.search(r'<input type="text"[^>]*aria-invalid="true"', html)


def test_choices_stand_in_a_fieldset_and_a_single_box_has_its_words_beside_it():
    html = str(Registration())

    assert re.search(r'<fieldset class="field field--group"><legend class="field__label">Size', html)
    assert re.search(r'<label class="choice" for="id_agrees"><input type="checkbox"[^>]*><span>I agree</span>', html)


def test_optional_fields_say_so_and_autocomplete_is_kept():
    html = str(Registration())

    assert html.count("(optional)") == 1
    assert 'autocomplete="email"' in html


def test_hidden_fields_are_written_without_a_label():
    html = str(Registration())

    assert '<input type="hidden" name="token"' in html
    assert "Token" not in html


def test_the_error_summary_leads_to_each_field():
    html = component('<c-error-summary :form="form" />', form=Registration({"email": "x"}))

    assert re.findall(r'<a href="#([^"]+)">', html) == ["id_name", "id_email", "id_size_0", "id_agrees"]
    assert "Together they make no sense." in html
    assert 'role="alert" tabindex="-1"' in html


def test_a_whole_form_keeps_its_token_and_its_own_check_off(rf):
    html = component('<c-form :form="form" submit="Send"><i></i></c-form>', form=Registration(), request=rf.get("/"))

    assert '<form class="form" method="post" novalidate' in html
    assert 'name="csrfmiddlewaretoken" value="' in html
    assert 'type="submit" >Send</button>' in html


def test_a_form_without_errors_has_no_summary():
    for form in (Registration(), None):
        assert "error-summary" not in component('<c-error-summary :form="form" />', form=form)


def test_what_a_visitor_typed_comes_back_escaped():
    html = str(Registration({"name": '"><script>alert(1)</script>'}))

    assert "<script>" not in html


# --- Error pages ------------------------------------------------------------------------------------------------


def test_the_500_page_needs_no_database_no_session_and_no_list_of_static_files(rf, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }

    for response, status in ((server_error(rf.get("/")), 500), (bad_request(rf.get("/"), ValueError()), 400)):
        html = text(response)
        assert response.status_code == status
        assert 'href="/static/css/site.css"' in html
        assert 'class="stack" lang="fr"' in html


@pytest.mark.django_db
def test_missing_and_forbidden_pages_say_what_to_do_in_the_visitors_language(client, ask):
    request = ask("/nowhere/")

    for response, status in (
        (page_not_found(request, ValueError()), 404),
        (permission_denied(request, ValueError()), 403),
    ):
        assert response.status_code == status
        assert '<a class="button" href="/"' in text(response)
    assert client.get("/fr/nowhere/").status_code == 404
    assert '<html lang="fr"' in text(client.get("/fr/nowhere/"))


@pytest.mark.django_db
def test_a_form_without_its_token_is_asked_for_again_in_both_languages():
    response = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a@b.example", "password": "x"})

    assert response.status_code == 403
    assert "Please send it once more" in text(response)
    assert "Veuillez renvoyer le formulaire" in text(response)


# --- Mail -------------------------------------------------------------------------------------------------------


def test_the_mail_frame_fetches_nothing_and_says_why_and_how_to_stop():
    source = get_template("email/base.mjml").render(
        {"public_url": "https://t.example", "stop_url": "https://t.example/stop"}
    )
    html = mrml.to_html(source).content

    assert set(re.findall(r"https?://[^\"\s<)]+", html)) == {
        "http://www.w3.org/1999/xhtml", "https://t.example", "https://t.example/stop",
    }  # fmt: skip
    assert "<img" not in html
    assert "You get this mail because" in html


# --- Style ------------------------------------------------------------------------------------------------------


def test_all_style_sheets_reach_the_browser_as_one_in_the_order_of_the_layers():
    sheet = Path(stylesheet.StylesheetFinder().find(stylesheet.NAME)).read_text()

    assert sheet.startswith("@layer tokens, base, layout, components;")
    assert sheet.index("@layer tokens {") < sheet.index("@layer base {") < sheet.index("@layer layout {")
    assert sheet.count("@layer components {") == len(stylesheet.parts()) - 3
    assert "@import" not in sheet
    assert "/*" not in sheet


def test_a_changed_part_is_joined_anew(settings, tmp_path):
    settings.BASE_DIR, settings.VAR = tmp_path, tmp_path / "var"
    folder = tmp_path / "static" / "css"
    (folder / "components").mkdir(parents=True)
    for name in ("tokens", "base", "layout", "components/tag"):
        (folder / f"{name}.css").write_text(f"/* {name} */ .{Path(name).name} {{\n  color: red;\n}}")
    finder = stylesheet.StylesheetFinder()

    first = Path(finder.find(stylesheet.NAME)).read_text()
    (folder / "components" / "tag.css").write_text(".tag { color: blue }")
    second = Path(finder.find(stylesheet.NAME)).read_text()

    assert ".tag {\ncolor: red;\n}" in first
    assert ".tag { color: blue }" in second
    assert [name for name, _storage in finder.list(None)] == [stylesheet.NAME]
    assert finder.find("css/other.css") == []


GROUNDS = ("paper", "surface", "sunken")
WORDS = ("ink", "ink-soft", "lapis", "lapis-deep", "terracotta", "olive", "danger", "saffron-deep")
LINES = ("line-strong", "focus", "terracotta")
PAIRS = [
    *[(ink, ground, 4.5) for ground in GROUNDS for ink in WORDS],
    *[(line, ground, 3) for ground in GROUNDS for line in LINES],
    *[("ink", f"{hue}-wash", 4.5) for hue in ("lapis", "terracotta", "saffron", "olive", "danger")],
    *[(f"{hue}-deep", f"{hue}-wash", 4.5) for hue in ("lapis", "saffron", "danger")],
    *[(hue, f"{hue}-wash", 4.5) for hue in ("terracotta", "olive", "danger")],
    *[(f"on-{hue}", ground, 4.5) for hue in ("lapis", "danger") for ground in (hue, f"{hue}-deep")],
]


def tokens(scheme):
    source = stylesheet.parts()[0].read_text()
    return {
        name: (light, dark)[scheme == "dark"]
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", source)
    }


def contrast(one, other):
    def light(hue):
        parts = [int(hue[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(scheme):
    hues = tokens(scheme)

    too_faint = [
        (ink, ground, round(contrast(hues[ink], hues[ground]), 2))
        for ink, ground, least in PAIRS
        if contrast(hues[ink], hues[ground]) < least
    ]
    assert too_faint == []
    assert contrast("#ffffff", "#000000") == pytest.approx(21)


# --- The catalogue ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_catalogue_of_components_exists_in_the_demo_only(client, settings):
    settings.DEMO = False
    assert client.get("/dev/components/").status_code == 404

    settings.DEMO = True
    response = client.get("/dev/components/")
    assert response.status_code == 200
    assert 'dir="rtl"' in text(client.get("/dev/components/?dir=rtl"))
    assert client.get("/dev/components/?figures=csv").content.startswith(b"Service,Suppliers\r\nCleaning,1204")


#: Sheets of one page or panel each, which the journeys open; the rest are components that any page may use.
OF_ONE_PAGE = {"call-out", "disclosure", "entrance", "hero", "match", "profile"}


@pytest.mark.django_db
def test_the_catalogue_shows_every_component(client, settings):
    settings.DEMO = True
    html = text(client.get("/dev/components/"))

    sheets = {part.stem for part in stylesheet.parts()[3:]} - OF_ONE_PAGE
    missing = {name for name in sheets if not re.search(rf'class="[^"]*\b{name}(?:__[\w-]+|--[\w-]+)?\b', html)}
    assert missing == set()


@pytest.mark.django_db
def test_a_page_stays_under_a_hundred_kilobytes_compressed(client, settings):
    settings.DEMO = True
    page = client.get("/dev/components/").content
    parts = [page, stylesheet.joined().encode()]
    parts += [Path(finders.find(name)).read_bytes() for name in ("js/page.js", "django_htmx/htmx-2.min.js")]

    assert sum(len(gzip.compress(part)) for part in parts) < 100_000


def test_a_search_bar_keeps_what_its_page_asks_of_it():
    made = component('<c-searchbar label="Find" id="find" hx-get="/firms/?a=1" value="{{ typed }}" />', typed='"><b>')

    assert 'id="find"' in made
    assert 'hx-get="/firms/?a=1"' in made
    assert 'value="&#34;&gt;&lt;b&gt;"' in made or 'value="&quot;&gt;&lt;b&gt;"' in made
    assert "<b>" not in made
