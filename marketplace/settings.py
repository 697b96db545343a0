"""All settings, read from the environment. Names and meanings: docs/selfhosting.md."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from marketplace import env
from marketplace.core import logs
from marketplace.embedded import mail as embedded_mail
from marketplace.embedded import postgres as embedded_postgres
from marketplace.embedded import valkey as embedded_valkey

# --- Where things are -------------------------------------------------------------------------------------------
env.refuse_unknown()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("TESSERA_VAR", str(BASE_DIR / "var"))).resolve()
PORT = env.number("PORT", 8000, at_least=1)
PUBLIC_URL = env.web_address("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
IS_HTTPS = PUBLIC_URL.startswith("https://")
OCID_PREFIX, OPEN_DATA_LICENCE = env.text("OCID_PREFIX", ""), env.text("OPEN_DATA_LICENCE", "")

DEBUG = False
#: Play money, printed sign-ins and the readable inbox at /dev/mail/; never on a machine that strangers reach.
DEMO = env.flag("TESSERA_DEMO")
#: Without DATABASE_URL the servers are our own under VAR, and so are the secrets.
IS_EMBEDDED = not env.text("DATABASE_URL", "")
#: Under https with a database of its own it is a real installation, which names its queue and its mail server too.
MAY_BE_EMBEDDED = IS_EMBEDDED or not IS_HTTPS

# --- Security ---------------------------------------------------------------------------------------------------
SECRET_KEY = env.secret("SECRET_KEY", kept=VAR / "secrets" / "secret_key" if IS_EMBEDDED else None)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost" if IS_EMBEDDED else str(urlsplit(PUBLIC_URL).hostname))
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS and TRUSTED_PROXY_COUNT else None
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"  # Wagtail lifts it for its previews
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

# --- Applications -----------------------------------------------------------------------------------------------
OUR_APPS = """
    marketplace.core marketplace.core.vocab marketplace.accounts marketplace.embedded marketplace.billing
    suppliers suppliers.evidence suppliers.files suppliers.review suppliers.registration suppliers.proposals
    suppliers.imports suppliers.directory buyers marketplace.calls.law marketplace.calls marketplace.calls.papers
    marketplace.calls.clauses marketplace.calls.questions marketplace.calls.responses marketplace.calls.amendments
    marketplace.calls.awards marketplace.calls.authoring marketplace.calls.board marketplace.matching
    marketplace.matching.matches marketplace.introductions marketplace.calls.notices marketplace.calls.releases cms
"""
INSTALLED_APPS = [
    *OUR_APPS.split(),
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.apps.StaffUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "django_filters",
    "django_countries",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.core.middleware.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "marketplace.core.middleware.ArrivalMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "marketplace.accounts.middleware.OrganisationMiddleware",
    "marketplace.accounts.middleware.StaffMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "marketplace.core.ui.FormRenderer"
# Cotton and template-partials both rewrite the loaders when left to themselves; this order serves both.
LOADERS = ["django_cotton.cotton_loader.Loader"]
LOADERS += [f"django.template.loaders.{kind}.Loader" for kind in ("filesystem", "app_directories")]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", LOADERS)])],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "marketplace.core.ui.page",
            ],
        },
    },
    {
        "NAME": "quick",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "quick"],
        "OPTIONS": {"environment": "marketplace.core.quick.environment"},
    },
]
COTTON_DIR = "components"
COTTON_ISOLATE_BY_DEFAULT = True

# --- Data -------------------------------------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL", embedded_postgres.address(VAR) if IS_EMBEDDED else None)
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
CACHE_URL, CELERY_BROKER_URL = env.redis("REDIS_URL", embedded_valkey.address(VAR) if MAY_BE_EMBEDDED else None)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "tessera",
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
    }
}
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
#: Who was erased when; outside the database, so that a restore cannot bring them back.
LEDGER_ROOT = VAR / "ledger"
#: What `backup --keys` writes apart, so that a backup alone opens nothing that is encrypted.
BACKUP_KEYS = {"SECRET_KEY": SECRET_KEY}
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "marketplace.core.stylesheet.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
_static = "django.contrib.staticfiles.storage.StaticFilesStorage"
if not env.flag("TESSERA_PLAIN_STATIC"):
    _static = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {"default": env.storage("S3"), "staticfiles": {"BACKEND": _static}}

# --- Work in the background -------------------------------------------------------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 270
# Longer than any task may run: a shorter one hands out a task that is still running.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "global_keyprefix": "tessera-queue:",
    # A page that enqueues does not wait for a broker that is away; the worker has its own, endless patience.
    "max_retries": 1,
} | dict.fromkeys(["interval_start", "interval_step", "interval_max"], 0)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # keeps no file: what is due stands in PostgreSQL
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "core.heartbeat", "schedule": 30, "options": {"expires": 60}},
    "sweep-outbox": {"task": "core.sweep_outbox", "schedule": 30, "options": {"expires": 60}},
    "run-due": {"task": "core.run_due", "schedule": 60, "options": {"expires": 60}},
}

# --- Mail -------------------------------------------------------------------------------------------------------
MAIL = env.mail("EMAIL_URL", embedded_mail.address(VAR) if MAY_BE_EMBEDDED else None)
EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.use_tls, MAIL.use_ssl
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.mail_address("MAIL_FROM", "Tessera <no-reply@tessera.example>")
#: Who hears when the worker, the queue or the mail stalls; else every active member of staff does.
OPERATOR_EMAILS = env.mail_addresses("OPERATOR_EMAILS")

# --- Language and time ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"

# --- Signing in -------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "workspace"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "marketplace.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "marketplace.accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_ADAPTER = "marketplace.accounts.adapter.MFAAdapter"
MFA_TOTP_TOLERANCE = 1
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tessera"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS
USERSESSIONS_TRACK_ACTIVITY = True
INVITATION_LIFETIME = timedelta(days=14)

# --- Wagtail ----------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Tessera"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None

# --- Logs -------------------------------------------------------------------------------------------------------
logs.configure()
LOGGING = logs.LOGGING
if SENTRY_DSN := env.text("SENTRY_DSN", ""):
    import sentry_sdk

    # No personal data leaves the house: no user, no request body, no local variables.
    sentry_sdk.init(SENTRY_DSN, send_default_pii=False, include_local_variables=False, max_request_body_size="never")
