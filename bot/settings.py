"""Configuration: environment variables with the prefix ``HUYING_``, or ``.env``, or secrets.

``README.md`` lists them; a test keeps the two in step.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import BadConfig

PUBLIC_API = "https://api.telegram.org"


class Settings(BaseSettings):
    """Everything that can be set from outside. Build it with ``load``."""

    model_config = SettingsConfigDict(
        env_prefix="HUYING_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    token: SecretStr | None = Field(None, description="bot token; never logged")
    api_url: str = Field(PUBLIC_API, description="base address of the Bot API server")
    proxy: str | None = Field(None, description="http or socks5 proxy towards Telegram")
    database_url: str | None = Field(None, description="default: SQLite in the data folder")
    data_dir: Path = Field(Path("var"), description="database and attachments")
    keys: str | None = Field(
        None, description="key file (or keys); default: beside the data folder"
    )
    mode: Literal["polling", "webhook"] = Field("polling", description="how updates arrive")
    http: str = Field("127.0.0.1:9100", description="health, readiness and metrics")
    send_rate: float = Field(30, gt=0, description="messages per second, overall")
    chat_rate: float = Field(1, gt=0, description="messages per second in one private chat")
    group_rate: float = Field(20, gt=0, description="messages per minute in one group")
    timezone: str = Field("Asia/Shanghai", description="the town's time zone")
    locale: str = Field("zh_Hans", description="language when a person's is unknown")
    clock: Path | None = Field(None, description="file with an instant taken as now")
    operator: str = Field("", description="who runs this bot, as the notice names them")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least level that is logged"
    )

    _policy: Policy | None = PrivateAttr(None)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{value!r} is not a time zone") from None
        return value

    @field_validator("api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("HUYING_API_URL must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("http")
    @classmethod
    def _listen(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or int(port) > 65535:
            raise ValueError("HUYING_HTTP must be HOST:PORT")
        return value

    @model_validator(mode="after")
    def _together(self) -> Settings:
        if self.clock and urlsplit(self.api_url).netloc == urlsplit(PUBLIC_API).netloc:
            raise ValueError("HUYING_CLOCK is for rehearsals: not with the public Bot API")
        if self.mode == "webhook":
            raise ValueError("HUYING_MODE=webhook is not there yet; use polling")
        return self

    @property
    def policy(self) -> Policy:
        """The durations. Raises BadConfig when the settings were not made by ``load``."""
        if self._policy is None:
            self._policy = load_policy(_env_file=None)
        return self._policy

    @property
    def zone(self) -> ZoneInfo:
        """The town's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def database(self) -> str:
        """The database's URL."""
        if self.database_url:
            return (
                self.database_url.replace("sqlite://", "sqlite+aiosqlite://", 1)
                if (self.database_url.startswith("sqlite://"))
                else self.database_url
            )
        return f"sqlite+aiosqlite:///{self.data_dir.resolve() / 'huying.db'}"

    @property
    def key_source(self) -> str:
        """Where the sealing keys are: never inside the data folder, so no backup takes both."""
        if self.keys:
            return self.keys
        folder = self.data_dir.resolve()
        return str(folder.with_name(folder.name + ".keys"))

    def require_token(self) -> str:
        """The token. Raises BadConfig when none is set."""
        if self.token is None or not self.token.get_secret_value():
            raise BadConfig("HUYING_TOKEN is not set; BotFather gives one")
        return self.token.get_secret_value()


class Policy(BaseSettings):
    """Durations that a deployment may want otherwise; every one has a default."""

    model_config = SettingsConfigDict(
        env_prefix="HUYING_POLICY_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    undo: timedelta = Field(timedelta(minutes=2), ge=timedelta(0))
    album_wait: timedelta = Field(timedelta(seconds=1), ge=timedelta(0))
    draft_life: timedelta = Field(timedelta(hours=24), gt=timedelta(0))
    invite_life: timedelta = Field(timedelta(days=7), gt=timedelta(0))
    media_life: timedelta = Field(timedelta(hours=40), gt=timedelta(0), lt=timedelta(hours=48))
    """Media in an acceptor's private chat: under the 48 h after which deletion stops."""


def load(**over: object) -> Settings:
    """The settings. Raises BadConfig with one sentence for each thing that is wrong."""
    try:
        found = Settings(_secrets_dir=_secrets(), **over)  # type: ignore[arg-type]
    except ValidationError as error:
        raise _bad(error, "HUYING_") from None
    found._policy = load_policy()
    return found


def load_policy(**over: object) -> Policy:
    """The durations, from the same places as the settings. Raises BadConfig."""
    try:
        return Policy(_secrets_dir=_secrets(), **over)  # type: ignore[arg-type]
    except ValidationError as error:
        raise _bad(error, "HUYING_POLICY_") from None


def _secrets() -> str | None:
    return os.environ.get("HUYING_SECRETS_DIR")


def _bad(error: ValidationError, prefix: str) -> BadConfig:
    return BadConfig("; ".join(_sentence(dict(e), prefix) for e in error.errors()))


def _sentence(error: dict[str, object], prefix: str) -> str:
    where = "_".join(str(part) for part in error["loc"])  # type: ignore[attr-defined]
    message = str(error["msg"]).removeprefix("Value error, ")
    return message if "HUYING_" in message or not where else f"{prefix}{where.upper()}: {message}"
