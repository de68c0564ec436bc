"""The one settings file. Everything a school may set is an environment variable named `HH_...`
(or a line of a `.env` file beside manage.py) and is read and typed here, nowhere else."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, Literal

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")


def _private_directory(path: Path) -> Path:
    """Make the directory if it is not there, closed to other accounts of this machine.

    Where that fails, the system check of the data directory says so in words.
    """
    with contextlib.suppress(OSError):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _secret_key(data_dir: Path) -> str:
    """Read the key from HH_SECRET_KEY, else from a file that is made on first use."""
    given: str = env.str("HH_SECRET_KEY", default="")
    if given:
        return given
    path = data_dir / "secret_key"
    if not path.exists():
        # Written aside, then linked: whoever finds the file finds a whole key in it.
        with tempfile.NamedTemporaryFile("w", dir=data_dir) as file:  # mode 0600
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with contextlib.suppress(FileExistsError):  # another process was faster
                os.link(file.name, path)
    return path.read_text()


# --- What a school decides -----------------------------------------------------------------

DEBUG: bool = env.bool("HH_DEBUG", default=False)
DEMO: bool = env.bool("HH_DEMO", default=False)
DATA_DIR: Path = _private_directory(Path(env.str("HH_DATA_DIR", default=str(BASE_DIR / "var"))))
SECRET_KEY = _secret_key(DATA_DIR)
ALLOWED_HOSTS: list[str] = env.list("HH_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("HH_ORIGINS", default=[])
WEBSOCKET_ORIGINS: list[str] = CSRF_TRUSTED_ORIGINS
"""Origins from which a browser may open a socket, besides the page's own host."""
SITE_URL: str = env.str("HH_SITE_URL", default="http://127.0.0.1:8000")
"""The site's own address, for links in mails that no visitor's request has caused."""
HTTPS: bool = env.bool("HH_HTTPS", default=False)
REDIS_URL: str = env.str("HH_REDIS_URL", default="")

UPLOAD_MAX_BYTES: int = env.int("HH_UPLOAD_MAX_MB", default=12) * 1024 * 1024
UPLOAD_MAX_PIXELS: int = env.int("HH_UPLOAD_MAX_MEGAPIXELS", default=40) * 1_000_000
UPLOAD_LONG_SIDE_PX: int = env.int("HH_UPLOAD_LONG_SIDE_PX", default=2048)
UPLOAD_DECODE_TIMEOUT_S: float = env.float("HH_UPLOAD_DECODE_TIMEOUT_S", default=10.0)
UPLOAD_DECODE_MEMORY_MB: int = env.int("HH_UPLOAD_DECODE_MEMORY_MB", default=768)
UPLOAD_MAX_DECODES: int = env.int("HH_UPLOAD_MAX_DECODES", default=2)
"""Photos decoded at the same time; each may take UPLOAD_DECODE_MEMORY_MB."""
UPLOAD_MAX_PER_HOUR: int = env.int("HH_UPLOAD_MAX_PER_HOUR", default=200)
"""New photos of one person; a forgotten script must not fill the disk."""
BODY_MAX_BYTES: int = UPLOAD_MAX_BYTES + 64 * 1024
"""The largest request body: one photo and the rest of its form."""
BATCH_MAX_ITEMS: int = env.int("HH_BATCH_MAX_ITEMS", default=200)
BATCH_MAX_BYTES: int = env.int("HH_BATCH_MAX_MB", default=200) * 1024 * 1024
"""Photos of one batch, packed and unpacked."""
BATCH_MAX_OPEN: int = env.int("HH_BATCH_MAX_OPEN", default=5)
"""Batches of one person that have not ended."""
BATCH_MAX_WAITING_BYTES: int = env.int("HH_BATCH_MAX_WAITING_MB", default=2048) * 1024 * 1024
"""Photos of everybody's batches that have not been decoded yet."""
BATCH_MAX_HOURS: float = env.float("HH_BATCH_MAX_HOURS", default=24.0)
"""What of a batch has not been begun by then is refused."""
LARGE_BODIES: dict[str, int] = {"/api/v1/batches": BATCH_MAX_BYTES + 1024 * 1024}
"""Addresses to which more than BODY_MAX_BYTES may be posted; it is kept on disk, not in memory."""

PIPELINE_WORKERS: int = env.int("HH_PIPELINE_WORKERS", default=0)
"""Questions worked on at the same time; 0 for as many as the engine can use."""
PIPELINE_MAX_QUEUED: int = env.int("HH_PIPELINE_MAX_QUEUED", default=200)
PIPELINE_MAX_ACTIVE_PER_STUDENT: int = env.int("HH_PIPELINE_MAX_ACTIVE_PER_STUDENT", default=10)
PIPELINE_MAX_PER_HOUR: int = env.int("HH_PIPELINE_MAX_PER_HOUR", default=300)
"""Questions that one person may ask within an hour."""
PIPELINE_HEARTBEAT_S: float = env.float("HH_PIPELINE_HEARTBEAT_S", default=5.0)
PIPELINE_STALE_AFTER_S: float = env.float("HH_PIPELINE_STALE_AFTER_S", default=30.0)
PIPELINE_MAX_ATTEMPTS: int = env.int("HH_PIPELINE_MAX_ATTEMPTS", default=3)
SOLUTION_DEADLINE_S: float = env.float("HH_SOLUTION_DEADLINE_S", default=60.0)
DRAIN_TIMEOUT_S: float = env.float("HH_DRAIN_TIMEOUT_S", default=20.0)
"""How long the server may take to stop; then it is ended."""
WEBSOCKET_MAX_PER_USER: int = env.int("HH_WEBSOCKET_MAX_PER_USER", default=20)
WEBSOCKET_SIGN_IN_S: float = env.float("HH_WEBSOCKET_SIGN_IN_S", default=5.0)
"""How long a program may take until its first message says who it is."""
WEBSOCKET_RECHECK_S: float = env.float("HH_WEBSOCKET_RECHECK_S", default=60.0)
"""How often an open socket is asked anew whether its person may still see what it shows."""
WEBSOCKET_STALL_S: float = env.float("HH_WEBSOCKET_STALL_S", default=20.0)
"""How long a client may leave what was sent to it unread before it is cut off."""
SANDBOX_WORKERS: int = env.int("HH_SANDBOX_WORKERS", default=2)
SANDBOX_MEMORY_MB: int = env.int("HH_SANDBOX_MEMORY_MB", default=512)
SANDBOX_TIMEOUT_S: float = env.float("HH_SANDBOX_TIMEOUT_S", default=3.0)
RULES_WORKERS: int = env.int("HH_RULES_WORKERS", default=2)
"""Photos read by OCR, and questions solved by rules, at the same time."""
RULES_TOKENS_PER_S: float | None = env.float("HH_RULES_TOKENS_PER_S", default=0.0) or None
"""Pace of the rule engine's writing; 0 for as fast as it can."""

# Which engines answer: `homework.pipeline.checks` says what does not fit together.
ENGINES: list[str] = env.list("HH_ENGINES", default=[])
"""The most wanted first. Empty: the model or the servers that are named below, then the rules."""
ENGINE_STALL_S: float = env.float("HH_ENGINE_STALL_S", default=20.0)
"""Silence after which the next engine takes a question over."""
ENGINE_WAIT_S: float = env.float("HH_ENGINE_WAIT_S", default=30.0)
"""How long a question may wait for a slot of the model before the next engine takes it."""
ENGINE_RESTART_S: float = env.float("HH_ENGINE_RESTART_S", default=60.0)
"""Least time between two attempts to start an engine that has died."""
MAX_NEW_TOKENS: int = env.int("HH_MAX_NEW_TOKENS", default=1536)
"""Longest text that a model may write for one question, thinking included."""
MODEL: str = env.str("HH_MODEL", default="")
"""Directory or hub id of the model that runs in this process."""
MODEL_REVISION: str = env.str("HH_MODEL_REVISION", default="")
MODEL_DEVICE: str = env.str("HH_MODEL_DEVICE", default="auto")
MODEL_DTYPE: str = env.str("HH_MODEL_DTYPE", default="auto")
MODEL_SLOTS: int = env.int("HH_MODEL_SLOTS", default=0)
"""Questions that the model writes for at the same time; 0 for what the memory holds."""
MODEL_MAX_LEN: int = env.int("HH_MODEL_MAX_LEN", default=4096)
MODEL_PREFILL_BUDGET: int = env.int("HH_MODEL_PREFILL_BUDGET", default=1024)
MODEL_FEATURE_CACHE_MB: int = env.int("HH_MODEL_FEATURE_CACHE_MB", default=256)
MODEL_THREADS: int = env.int("HH_MODEL_THREADS", default=0)
ANSWER_CACHE_BYTES: int = env.int("HH_ANSWER_CACHE_MB", default=64) * 1024 * 1024
"""What finished answers that are kept for the same question may take; 0 to keep none."""
ANSWER_CACHE_DAYS: float = env.float("HH_ANSWER_CACHE_DAYS", default=30.0)
REMOTE_URLS: list[str] = env.list("HH_REMOTE_URLS", default=[])
"""OpenAI-compatible servers, with their `/v1`."""
REMOTE_MODEL: str = env.str("HH_REMOTE_MODEL", default="")
REMOTE_REVISION: str = env.str("HH_REMOTE_REVISION", default="")
"""Any word that changes when the servers change their model; kept answers depend on it."""
METRICS_TOKEN: str = env.str("HH_METRICS_TOKEN", default="")
"""With it /metrics may be asked from other machines; without it from this one only."""
REMOTE_API_KEY: str = env.str("HH_REMOTE_API_KEY", default="")
REMOTE_MAX_ACTIVE: int = env.int("HH_REMOTE_MAX_ACTIVE", default=32)
"""Questions that are sent to the servers at the same time."""
REMOTE_FIRST_TOKEN_S: float = env.float("HH_REMOTE_FIRST_TOKEN_S", default=8.0)
REMOTE_SILENCE_S: float = env.float("HH_REMOTE_SILENCE_S", default=8.0)

# --- Django --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "homework.common",
    "homework.accounts",
    "homework.access",
    "homework.uploads",
    "homework.webhooks",
    "homework.solutions",
    "homework.review",
    "homework.policy",
    "homework.pipeline",
    "homework.insight",
    "homework.export",
    "homework.batches",
    "homework.pages",
    "homework.api",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "rest_framework",
    "homework.accounts.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "channels",
    "csp",
]

MIDDLEWARE = [
    "homework.common.request_id.RequestIdMiddleware",
    "homework.common.privacy.PrivatePagesMiddleware",
    "homework.api.middleware.ProblemsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "homework.access.middleware.NetworkMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "homework.api.middleware.BearerMiddleware",
    "homework.access.middleware.SchoolNetworkMiddleware",
    "homework.accounts.gate.AccountGateMiddleware",
    "homework.common.failures.AppErrorMiddleware",
]

ROOT_URLCONF = "homework.urls"
ASGI_APPLICATION = "homework.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("HH_DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")
}
# The threads of the server stay, and so do their connections: to open one costs as much as five
# statements. One that was cut meanwhile is noticed before it is used.
DATABASES["default"].setdefault("CONN_MAX_AGE", 600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue for the lock instead of failing half-way through a transaction.
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Threads and the server's connections must see one test database.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "homework.common.cache.SafeRedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Rate limits are counted here. By default it forgets the oldest beyond 300 entries, so
        # whoever tries enough names would have the wrong passwords of another name forgotten.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

# --- Languages -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "homework" / "locale"]
TIME_ZONE: str = env.str("HH_TIME_ZONE", default="UTC")
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("katex", BASE_DIR / "node_modules" / "katex" / "dist"),
    ("chart.js", BASE_DIR / "node_modules" / "chart.js" / "dist"),
    ("nunito", BASE_DIR / "node_modules" / "@fontsource-variable" / "nunito" / "files"),
]
PHOTO_DIR = DATA_DIR / "photos"
BATCH_DIR = DATA_DIR / "batches"
"""Photos of batches until they are decoded, see docs/adr/0006."""
SPOOL_DIR: Path = _private_directory(DATA_DIR / "spool")
"""For what does not fit into memory while it comes in: files without names."""
FILE_UPLOAD_TEMP_DIR = SPOOL_DIR
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "photos": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # No base_url: photos are served by one view that asks who is looking.
        "OPTIONS": {
            "location": PHOTO_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "homework.common.static.StaticStorage"
        if env.bool("HH_STATIC_MANIFEST", default=True)
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = not env.bool("HH_STATIC_MANIFEST", default=True)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A raw body above this waits in an unnamed file; see the handler for what becomes of the photo.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = max(100, BATCH_MAX_ITEMS + 1)
FILE_UPLOAD_HANDLERS = ["homework.uploads.handlers.PhotoUploadHandler"]

# --- Accounts ------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "homework.accounts.validators.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pages:home"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "homework.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# No address is asked of a minor; teachers have one by their invitation.
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USERNAME_VALIDATORS = "homework.accounts.validators.username_validators"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "homework.accounts.forms.LoginForm",
    "signup": "homework.accounts.forms.StudentSignupForm",
    "reset_password": "homework.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "homework.accounts.forms.ResetPasswordKeyForm",
    "change_password": "homework.accounts.forms.ChangePasswordForm",
    "set_password": "homework.accounts.forms.SetPasswordForm",
    "reauthenticate": "homework.accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "homework.accounts.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Nobody signs up as a teacher under somebody else's address; and a school that wants the second
# step must not wait for a mail.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Homework Helper"
MFA_TOTP_TOLERANCE = 1  # half a minute of a phone's clock
MFA_FORMS = {
    "authenticate": "homework.accounts.forms.MFAForm",
    "reauthenticate": "homework.accounts.forms.MFAReauthenticateForm",
    "activate_totp": "homework.accounts.forms.ActivateTOTPForm",
}
ACCOUNT_LOGIN_TIMEOUT = 15 * 60
"""Seconds between the password and the code of the second step."""
# A whole school often shares one address, so limits per address leave room for a class that
# signs in at the same minute; what protects an account is the limit per login name ("key").
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "signup": "60/m/ip",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "accept_invitation": "20/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("HH_TRUSTED_PROXIES", default=0)
"""How many reverse proxies stand before the site; the limits above need the real address."""

# Programs sign in under /api/auth/. Their tokens belong to a session in the database and end with
# it at once.
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "homework.access.jwt.TokenStrategy"  # noqa: S105
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_PRIVATE_KEY = hashlib.sha256(f"jwt {SECRET_KEY}".encode()).hexdigest()
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 5 * 60
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 3600
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ROTATE_REFRESH_TOKEN = True

EMAIL_CONFIG: dict[str, Any] = env.email_url("HH_EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL: str = env.str("HH_EMAIL_FROM", default="homework-helper@localhost")

# --- API -----------------------------------------------------------------------------------

API_RATES: dict[str, str] = {
    # By everybody, by address (a school often shares one), by person, by token.
    "all": env.str("HH_LIMIT_ALL", default="6000/m"),
    "address": env.str("HH_LIMIT_ADDRESS", default="1800/m"),
    "user": env.str("HH_LIMIT_USER", default="600/m"),
    "token": env.str("HH_LIMIT_TOKEN", default="600/m"),
    # For what costs more than a look: by address, by person, by person.
    "login": env.str("HH_LIMIT_LOGIN", default="60/m"),
    "upload": env.str("HH_LIMIT_UPLOAD", default="60/m"),
    "solve": env.str("HH_LIMIT_SOLVE", default="60/m"),
    "batch": env.str("HH_LIMIT_BATCH", default="30/h"),
}
"""Calls of the API, as `600/m`; empty for no limit. What is refused is not counted."""
WEBHOOK_NETWORKS: list[str] = env.list("HH_WEBHOOK_NETWORKS", default=[])
"""Networks (CIDR) inside, into which webhooks may go, and that by http, too. None by default."""
ALLOWED_NETWORKS: list[str] = env.list("HH_ALLOWED_NETWORKS", default=[])
"""Networks (CIDR) from which the site may be used at all; none means any."""

REST_FRAMEWORK: dict[str, Any] = {
    # Programs come with a bearer token and nothing else: no cookies, hence no forged requests.
    "DEFAULT_AUTHENTICATION_CLASSES": ["homework.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["homework.api.authentication.IsSignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["homework.api.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "homework.api.negotiation.AlwaysJSON",
    "EXCEPTION_HANDLER": "homework.api.problems.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_SCHEMA_CLASS": "homework.api.schema.inspector.ApiSchema",
}
# How the API describes itself; see homework/api/schema.
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Homework Helper",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["homework.api.schema.document.complete"],
}

# --- Security ------------------------------------------------------------------------------

SESSION_ENGINE = "homework.access.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE: Literal["Lax"] = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Logs ----------------------------------------------------------------------------------
# One JSON object a line: request id, route, status, durations, sizes. Never content or names.

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "homework.common.request_id.RequestIdFilter"},
        "content": {"()": "homework.common.logs.ContentFilter"},
    },
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["request_id", "content"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "homework": {"level": env.str("HH_LOG_LEVEL", default="INFO")},
        "inference": {"level": env.str("HH_LOG_LEVEL", default="INFO")},
    },
}
