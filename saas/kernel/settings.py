"""What an operator may set, read once from the environment or ``.env``; wrong values are one clear line."""

from __future__ import annotations

import functools
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


_PORTS = {"http": 80, "https": 443}


class Settings(BaseSettings):
    """All optional: with nothing set, an embedded PostgreSQL, mail kept at /dev/mail, one process."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    environment: Environment = Environment.DEVELOPMENT
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    metrics_port: int | None = Field(None, ge=1, le=65535)
    public_url: str = ""
    trusted_proxy_hops: int = Field(0, ge=0, le=8)
    data_dir: Path = Path(".data")
    database_url: str | None = None
    app_database_url: str | None = None
    system_database_url: str | None = None
    migrator_database_url: str | None = None
    redis_url: str | None = None
    smtp_url: str | None = None
    mail_from: str = "Wasl <no-reply@localhost>"
    secret_key: SecretStr | None = None
    trial_days: int = Field(15, ge=1, le=365)
    max_upload_mb: int = Field(25, ge=1, le=1024)
    max_import_mb: int = Field(50, ge=1, le=1024)
    worker_inside: bool = True
    presence_seconds: float = Field(10, ge=0.1, le=300)

    @field_validator("database_url", "app_database_url", "system_database_url", "migrator_database_url")
    @classmethod
    def _is_postgresql(cls, value: str | None) -> str | None:
        if value and _parts(value).scheme not in {"postgresql", "postgres"}:
            raise ValueError("must start with postgresql://")
        return value or None

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: str | None) -> str | None:
        if value and _parts(value).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value or None

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, value: str | None) -> str | None:
        if value and _parts(value).scheme not in {"smtp", "smtps"}:
            raise ValueError("must start with smtp:// or smtps://")
        return value or None

    @field_validator("public_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        """As browsers spell it in ``Origin``: in lower case, without the port that the scheme implies, and
        without a path."""
        if not value:
            return ""
        parts = _parts(value)
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            raise ValueError("must look like https://suite.example.com")
        name = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
        host = f"[{name}]" if ":" in name else name
        port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
        return f"{parts.scheme}://{host}{port}"

    @field_validator("mail_from")
    @classmethod
    def _is_sender(cls, value: str) -> str:
        name, address = parseaddr(value)
        try:
            Address(name, addr_spec=address)
        except (HeaderParseError, ValueError, IndexError):
            address = ""
        if "@" not in address:
            raise ValueError("must look like Wasl <no-reply@suite.example.com>")
        return value

    @property
    def origin(self) -> str:
        """Scheme, host and port as browsers send it; PUBLIC_URL, or loopback with our port."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def https(self) -> bool:
        return self.origin.startswith("https://")


class WrongSetting(Exception):
    """One line for the terminal: which variable, what is wrong with it."""


@functools.cache
def settings() -> Settings:
    """The process's settings. Raises ``WrongSetting`` with one line naming the variable."""
    try:
        return Settings()  # pyright: ignore[reportCallIssue] -- values come from the environment
    except (UnicodeDecodeError, OSError) as error:
        raise WrongSetting(f".env cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "settings"
        raise WrongSetting(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None


def _parts(value: str) -> SplitResult:
    """The URL's parts. Raises ``ValueError`` for what is none."""
    parts = urlsplit(value)
    try:
        _ = parts.port  # read only when it is asked for
    except ValueError:
        raise ValueError("has a port that is no number from 0 to 65535") from None
    return parts
