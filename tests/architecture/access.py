"""The access table. One row per address: what each role gets for GET and POST.

Roles: a visitor; a stranger with an account who acts for nobody; a viewer and an administrator of one organisation;
staff with a second factor. `None` for a method means that it is answered by 405 to whoever gets that far.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROLES = ("visitor", "stranger", "viewer", "administrator", "staff")
#: Wagtail's addresses are tested as one: no row each.
BACK_OFFICE = "staff/"
Statuses = tuple[int, int, int, int, int]


@dataclass(frozen=True)
class Row:
    get: Statuses | None = None
    post: Statuses | None = None
    values: Callable[[Any], dict[str, Any]] = lambda world: {}
    #: The same address for a row of another organisation, which must look missing.
    foreign: Callable[[Any], dict[str, Any]] | None = None
    #: For the few patterns that are regular expressions, an address that they match.
    address: str = ""


EVERYONE: Statuses = (200, 200, 200, 200, 200)
NOBODY: Statuses = (404, 404, 404, 404, 404)
SIGNED_IN: Statuses = (302, 200, 200, 200, 200)
#: The sign-in pages send those who are signed in to their workspace.
ENTRANCE: Statuses = (200, 302, 302, 302, 302)
AWAY: Statuses = (302, 302, 302, 302, 302)
#: Writes are asked for by POST alone; a visitor is first led to sign in.
POST_ALONE: Statuses = (302, 405, 405, 405, 405)
REFUSED_EMPTY: Statuses = (302, 422, 422, 422, 422)


def own(name: str, key: str = "pk"):
    """The row of the administrator's organisation."""
    return lambda world: {key: getattr(world.rows[name], "pk", world.rows[name])}


def foreign(name: str, key: str = "pk"):
    return lambda world: {key: getattr(world.foreign[name], "pk", world.foreign[name])}


TABLE: dict[str, Row] = {
    # For machines
    "healthz": Row(get=EVERYONE),
    "readyz": Row(get=EVERYONE),
    # Only in the demo
    "dev/components/": Row(get=NOBODY),
    "dev/mail/": Row(get=NOBODY),
    "dev/mail/<str:name>/": Row(get=NOBODY),
    "dev/mail/<str:name>/html/": Row(get=NOBODY),
    "dev/sign-ins/": Row(get=NOBODY),
    # The public site
    "suppliers/": Row(get=EVERYONE),
    "suppliers/<slug:slug>/": Row(get=NOBODY),
    "~^((?:[\\w\\-]+/)*)$": Row(get=EVERYONE, address="/"),
    "documents/~^(\\d+)/(.*)$": Row(get=NOBODY, address="/documents/1/file.pdf"),
    "media/images/<path:path>": Row(get=NOBODY),
    "documents/authenticate_with_password/<int:restriction_id>/": Row(get=NOBODY),
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": Row(get=NOBODY),
    "_util/login/": Row(get=AWAY),
    # One's own matters
    "account/": Row(get=SIGNED_IN),
    "account/person/": Row(get=SIGNED_IN, post=REFUSED_EMPTY),
    "account/invitations/<str:token>/": Row(
        get=EVERYONE, post=REFUSED_EMPTY, values=lambda world: {"token": world.rows["token"]}
    ),
    "account/organisations/new/": Row(get=SIGNED_IN, post=REFUSED_EMPTY),
    "account/organisations/switch/": Row(get=POST_ALONE, post=(302, 404, 404, 404, 404)),
    "account/organisations/join/": Row(get=POST_ALONE, post=(302, 404, 404, 404, 404)),
    # Acting for an organisation
    "workspace/": Row(get=SIGNED_IN),
    "workspace/organisation/": Row(get=(302, 404, 403, 200, 404), post=(302, 404, 403, 422, 404)),
    "workspace/people/": Row(get=(302, 404, 200, 200, 404)),
    "workspace/people/<int:pk>/role/": Row(
        get=POST_ALONE, post=(302, 404, 403, 302, 302), values=own("representative"), foreign=foreign("representative")
    ),
    "workspace/people/<int:pk>/remove/": Row(
        get=POST_ALONE, post=(302, 404, 403, 302, 302), values=own("representative"), foreign=foreign("representative")
    ),
    "workspace/invitations/": Row(get=POST_ALONE, post=(302, 404, 403, 422, 404)),
    "workspace/invitations/<int:pk>/withdraw/": Row(
        get=POST_ALONE, post=(302, 404, 403, 302, 302), values=own("invitation"), foreign=foreign("invitation")
    ),
    "workspace/requests/": Row(get=(302, 404, 403, 200, 200)),
    "workspace/requests/<int:pk>/": Row(
        get=POST_ALONE, post=(302, 404, 403, 302, 302), values=own("join_request"), foreign=foreign("join_request")
    ),
    # Signing in and out
    "account/login/": Row(get=ENTRANCE),
    "account/signup/": Row(get=ENTRANCE),
    "account/logout/": Row(get=(302, 200, 200, 200, 200)),
    "account/inactive/": Row(get=EVERYONE),
    "account/reauthenticate/": Row(get=(302, 200, 200, 200, 200)),
    "account/email/": Row(get=SIGNED_IN),
    "account/confirm-email/": Row(get=AWAY),
    "account/password/change/": Row(get=SIGNED_IN),
    "account/password/set/": Row(get=AWAY),
    "account/password/reset/": Row(get=EVERYONE),
    "account/password/reset/confirm/": Row(get=AWAY),
    "account/password/reset/complete/": Row(get=AWAY),
    "account/password/reset/done/": Row(get=EVERYONE),
    "account/login/code/confirm/": Row(get=AWAY),
    "account/2fa/": Row(get=SIGNED_IN),
    "account/2fa/authenticate/": Row(get=AWAY),
    "account/2fa/reauthenticate/": Row(get=(302, 302, 302, 302, 200)),
    "account/2fa/totp/activate/": Row(get=AWAY),
    "account/2fa/totp/deactivate/": Row(get=(302, 404, 404, 404, 302)),
    "account/2fa/recovery-codes/": Row(get=(302, 404, 404, 404, 404)),
    "account/2fa/recovery-codes/generate/": Row(get=AWAY),
    "account/2fa/recovery-codes/download/": Row(get=(302, 404, 404, 404, 404)),
    "account/2fa/webauthn/": Row(get=SIGNED_IN),
    "account/2fa/webauthn/add/": Row(get=AWAY),
    "account/2fa/webauthn/reauthenticate/": Row(get=AWAY),
    "account/2fa/webauthn/keys/<int:pk>/remove/": Row(get=AWAY),
    "account/2fa/webauthn/keys/<int:pk>/edit/": Row(get=AWAY),
    "account/2fa/webauthn/login/": Row(get=AWAY),
    "account/sessions/": Row(get=SIGNED_IN),
}
