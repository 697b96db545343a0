from django.conf import settings
from django.http import Http404
from django.shortcuts import render as render_whole
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from marketplace.core import registry
from marketplace.core.ui import render
from suppliers.directory import address, results, sitemap
from suppliers.directory.counting import count_for_others
from suppliers.directory.permissions import viewer_of
from suppliers.directory.search import search, suggest


@require_safe
def supplier_list(request):
    """The directory. Its address holds the whole search, and no address of it fails."""
    viewer = viewer_of(request.user, request.organisation)
    asked = address.read(request.GET, viewer, get_language())
    context = results.page(asked, search(asked.question), request, viewer)
    if context["is_narrowed"]:
        count_for_others("supplier-found", [card.supplier for card in context["cards"]], request)
    response = render(request, "directory/supplier_list.html#answer", context)
    if request.htmx:
        response["HX-Push-Url"] = address.url(asked.question, after=asked.question.after)
    return response


@require_safe
def suggestion_list(request):
    """While somebody types: where each suggestion leads, every filter of the page kept."""
    viewer = viewer_of(request.user, request.organisation)
    question = address.read(request.GET, viewer, get_language()).question
    found = suggest(question.words, question.language) if question.words else []
    suggestions = [
        {
            "kind": each.kind,
            "text": each.text,
            "url": address.url(question, words="", cpv=tuple(dict.fromkeys([*question.cpv, each.code])))
            if each.kind == "service"
            else address.url(question, words=each.text),
        }
        for each in found
    ]
    return render_whole(request, "directory/suggestion_list.html", {"suggestions": suggestions})


@require_safe
def sitemap_index(request):
    """What each app has to name, in pages of its own."""
    pages = [page for part in registry.sitemaps for page in part.pages()]
    context = {"pages": pages, "base": settings.PUBLIC_URL}
    return render_whole(request, "directory/sitemap_index.xml", context, content_type="application/xml")


@require_safe
def sitemap_page(request, number):
    """Public profiles alone: one that is hidden is gone from here with the next request."""
    places = sitemap.places(number)
    if not places:
        raise Http404
    return render_whole(request, "directory/sitemap_page.xml", {"places": places}, content_type="application/xml")
