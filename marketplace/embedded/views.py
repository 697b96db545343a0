"""The demo's inbox: what the mail sink took in. These pages exist in the demo only."""

from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from marketplace.embedded.mailbox import Mailbox

PER_PAGE = 25
#: A stranger's HTML: no script, no form, no address of ours, nothing fetched; its links open in a new window.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)


def demo_only(view):
    """The page is a 404 on every machine that is not a demo."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(require_safe(guarded))


@demo_only
def mail_list(request):
    mailbox = Mailbox(settings.VAR)
    recipient = request.GET.get("to", "").strip()
    names = mailbox.names_to(recipient) if recipient else mailbox.names()
    page = Paginator(names, PER_PAGE).get_page(request.GET.get("page"))
    messages = [message for name in page if (message := mailbox.read(name))]
    return render(request, "embedded/mail_list.html", {"page": page, "mails": messages, "recipient": recipient})


@demo_only
def mail_detail(request, name):
    return render(request, "embedded/mail_detail.html", {"mail": _mail_or_404(name)})


@demo_only
@xframe_options_sameorigin
def mail_html(request, name):
    """The HTML part alone, in a box of its own: the frame of the page before would lend it our policy."""
    html = _mail_or_404(name).html
    if not html:
        raise Http404
    return HttpResponse(f'<base target="_blank">{html}', headers={"Content-Security-Policy": MAIL_POLICY})


def _mail_or_404(name):
    mail = Mailbox(settings.VAR).read(name)
    if mail is None:
        raise Http404
    return mail
