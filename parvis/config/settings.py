"""All settings of an installation, in one file.

Every variable read from the environment has a local default and a line in ``docs/settings.md``;
``parvis/config/tests/test_settings.py`` compares the two.
"""

import os
from pathlib import Path

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from parvis.config.database import database_from_url

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("PARVIS_VAR", BASE_DIR / "var"))
DATA_DIR = Path(os.environ.get("PARVIS_DATA", BASE_DIR.parent / "shared" / "data"))


def _flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, str(default)).lower() in {"1", "true", "yes", "on"}


def _by_town(text: str) -> dict[str, str]:
    """``issy=one ixelles=two`` as a dictionary."""
    return dict(pair.split("=", 1) for pair in text.split() if "=" in pair)


DEBUG = _flag("PARVIS_DEBUG", default=False)
# A town sets its own secret; a laptop gets one that is made once and kept beside its data.
SECRET_KEY_FILE = VAR_DIR / "secret-key"


def _secret_key() -> str:
    if key := os.environ.get("PARVIS_SECRET_KEY"):
        return key
    if not SECRET_KEY_FILE.exists():
        import secrets

        VAR_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with SECRET_KEY_FILE.open("x") as file:
                file.write(secrets.token_urlsafe(50))
            SECRET_KEY_FILE.chmod(0o600)
        except FileExistsError:  # two processes started at once: the first one's key holds
            pass
    return SECRET_KEY_FILE.read_text().strip()


SECRET_KEY = _secret_key()

# The host that lists the towns; each town answers at <slug>.<base host> and at its own domains.
BASE_HOST = os.environ.get("PARVIS_HOST", "localhost")
SECURE = _flag("PARVIS_HTTPS", default=False)
PORT = int(os.environ.get("PORT", "8000"))
PUBLIC_HOST = os.environ.get(
    "PARVIS_PUBLIC_HOST", BASE_HOST if SECURE else f"{BASE_HOST}:{PORT}"
)  # as browsers write it
ALLOWED_HOSTS = [BASE_HOST, f".{BASE_HOST}", "127.0.0.1", *os.environ.get("PARVIS_DOMAINS", "").split()]

INSTALLED_APPS = [
    "parvis.core",
    "parvis.towns",
    "parvis.people",
    "parvis.places",
    "parvis.delivery",
    "parvis.market",
    "parvis.bulletin",
    "parvis.joining",
    "parvis.portal",
    "parvis.demo",
    "procrastinate.contrib.django",
    "django_htmx",
    "allauth",
    "allauth.account",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "parvis.core.scanning.PermissionsPolicyMiddleware",
    "parvis.core.health.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "parvis.towns.middleware.TownMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "parvis.people.middleware.LanguageMiddleware",
    "parvis.people.middleware.SignInAgainMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "parvis.config.urls"
BARE_URLCONF = "parvis.config.urls_bare"  # the host without a town
WSGI_APPLICATION = "parvis.config.wsgi.application"
FORM_RENDERER = "parvis.core.forms.ParvisRenderer"
SILENCED_SYSTEM_CHECKS: list[str] = []

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parvis.portal.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "parvis.core.templatetags.parvis",
            ],
        },
    }
]

DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", ""), var_dir=VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_ADAPTER = "parvis.people.adapter.ParvisAccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_RATE_LIMITS: dict[str, str] = {}  # filled below: a demonstration must not lock out its visitors

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "parvis" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"  # stored in UTC; TownMiddleware shows the town's own zone

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "parvis.core.node_packages.NodePackagesFinder",
    "parvis.core.stylesheet.StylesheetFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
NODE_MODULES = BASE_DIR / "node_modules"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000

# Without a mail server the messages are kept as files, so that nothing is lost and a developer can read them.
SMTP_HOST = os.environ.get("PARVIS_SMTP_HOST", "")
_SMTP = {
    "host": SMTP_HOST,
    "port": int(os.environ.get("PARVIS_SMTP_PORT", "25")),
    "username": os.environ.get("PARVIS_SMTP_USER", ""),
    "password": os.environ.get("PARVIS_SMTP_PASSWORD", ""),
    "use_tls": _flag("PARVIS_SMTP_TLS", default=False),
    "timeout": 10,
}
_MAIL_FILES = {"file_path": str(VAR_DIR / "mail")}
MAILERS = {
    "default": {
        "BACKEND": f"django.core.mail.backends.{'smtp' if SMTP_HOST else 'filebased'}.EmailBackend",
        "OPTIONS": _SMTP if SMTP_HOST else _MAIL_FILES,
    }
}
# A gateway for text messages; without one they are kept as files too.
SMS_URL = os.environ.get("PARVIS_SMS_URL", "")
SMS_TOKEN = os.environ.get("PARVIS_SMS_TOKEN", "")
SMS_FORM = os.environ.get("PARVIS_SMS_FORM", "http")
SMS_FROM = os.environ.get("PARVIS_SMS_FROM", "Parvis")
DEFAULT_FROM_EMAIL = os.environ.get("PARVIS_MAIL_FROM", f"parvis@{BASE_HOST}")

# Online payment: a town's own keys at the provider; a town without one is paid on the spot.
STRIPE_KEYS = _by_town(os.environ.get("PARVIS_STRIPE_KEYS", ""))
STRIPE_HOOK_SECRETS = _by_town(os.environ.get("PARVIS_STRIPE_HOOK_SECRETS", ""))
STRIPE_URL = os.environ.get("PARVIS_STRIPE_URL", "")
MOLLIE_KEYS = _by_town(os.environ.get("PARVIS_MOLLIE_KEYS", ""))
MOLLIE_PROFILES = _by_town(os.environ.get("PARVIS_MOLLIE_PROFILES", ""))
MOLLIE_APPS = _by_town(os.environ.get("PARVIS_MOLLIE_APPS", ""))
MOLLIE_URL = os.environ.get("PARVIS_MOLLIE_URL", "")
PAYMENT_MINUTES = int(os.environ.get("PARVIS_PAYMENT_MINUTES", "20"))

# Notices in browsers (VAPID, RFC 8292): the key is made once and kept beside the secret key.
VAPID_KEY = os.environ.get("PARVIS_VAPID_KEY", "")
VAPID_KEY_FILE = VAR_DIR / "vapid-key.pem"
PUSH_ANYWHERE = _flag("PARVIS_PUSH_ANYWHERE", default=False)

# Shops' own websites are read from the open internet only.
SITES_ANYWHERE = _flag("PARVIS_SITES_ANYWHERE", default=False)

# Nothing in a page comes from another host, and no style or script stands inside one without a nonce.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None

# How many proxies stand in front, each of which adds to X-Forwarded-For: limits count visitors, not the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("PARVIS_PROXIES", "1" if SECURE else "0"))

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Demonstration accounts may enter with one click; a real installation never sets this.
DEMO = _flag("PARVIS_DEMO", default=True) and not SECURE
if not DEMO:
    ACCOUNT_RATE_LIMITS = {
        "login_failed": "10/m/ip,5/5m/key",
        "signup": "20/h/ip",
        "request_login_code": "10/h/ip",
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PARVIS_LOG", "WARNING")},
}
