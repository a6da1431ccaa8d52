"""Configuration: where it comes from, and what is refused in one sentence."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import BadConfig
from bot.settings import PUBLIC_API, Settings, load

TOKEN = "123456:aaaabbbbccccddddeeeeffff"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and no settings from outside."""
    for name in list(os.environ):
        if name.startswith("HUYING_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_defaults_are_those_of_the_manual() -> None:
    """What is documented holds with nothing set."""
    found = load()
    assert found.token is None
    assert found.api_url == PUBLIC_API
    assert found.data_dir == Path("var")
    assert (found.mode, found.http) == ("polling", "127.0.0.1:9100")
    assert (found.send_rate, found.timezone, found.locale) == (30, "Asia/Shanghai", "zh_Hans")
    assert found.database.endswith("/var/huying.db")


def test_a_missing_token_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever needs the token hears where to get one; an empty one is none."""
    monkeypatch.setenv("HUYING_TOKEN", "")
    with pytest.raises(BadConfig, match="HUYING_TOKEN is not set"):
        load().require_token()


def test_environment_before_dotenv_before_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All three are read; the environment wins."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "huying_token").write_text(TOKEN)
    (secrets / "huying_locale").write_text("en")
    monkeypatch.setenv("HUYING_SECRETS_DIR", str(secrets))
    (tmp_path / ".env").write_text("HUYING_LOCALE=zh_Hant\nHUYING_SEND_RATE=5\n")
    monkeypatch.setenv("HUYING_SEND_RATE", "7")
    found = load()
    assert found.require_token() == TOKEN
    assert (found.locale, found.send_rate) == ("zh_Hant", 7)


def test_the_token_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither printing the settings nor an error shows it."""
    monkeypatch.setenv("HUYING_TOKEN", TOKEN)
    found = load()
    assert TOKEN not in repr(found) + str(found) + str(found.model_dump())
    monkeypatch.setenv("HUYING_SEND_RATE", "-1")
    with pytest.raises(BadConfig) as caught:
        load()
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEZONE", "Mars/Olympus"),
        ("API_URL", "ftp://example.invalid"),
        ("API_URL", "example.invalid"),
        ("HTTP", "9100"),
        ("HTTP", "localhost:99999"),
        ("SEND_RATE", "0"),
        ("SEND_RATE", "many"),
        ("MODE", "carrier-pigeon"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_setting_that_cannot_work_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The sentence names the setting, and there is no traceback in it."""
    monkeypatch.setenv(f"HUYING_{name}", value)
    with pytest.raises(BadConfig) as caught:
        load()
    assert f"HUYING_{name}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_durations_come_from_the_same_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``.env`` counts for them too, the environment before it, and an empty value is none."""
    (tmp_path / ".env").write_text(
        "HUYING_POLICY_UNDO=PT5M\nHUYING_POLICY_DRAFT_LIFE=PT2H\nHUYING_POLICY_INVITE_LIFE=\n"
    )
    monkeypatch.setenv("HUYING_POLICY_UNDO", "PT7M")
    found = load().policy
    assert (found.undo, found.draft_life) == (timedelta(minutes=7), timedelta(hours=2))
    assert found.invite_life == timedelta(days=7)


@pytest.mark.parametrize(
    ("name", "value"),
    [("UNDO", "soon"), ("DRAFT_LIFE", "-PT1H"), ("MEDIA_LIFE", "PT48H")],
)
def test_a_duration_that_cannot_work_is_one_sentence(
    tmp_path: Path, name: str, value: str
) -> None:
    """The sentence names the setting, whatever place it came from."""
    (tmp_path / ".env").write_text(f"HUYING_POLICY_{name}={value}\n")
    with pytest.raises(BadConfig, match=f"HUYING_POLICY_{name}") as caught:
        load()
    assert "\n" not in str(caught.value)


def test_a_rehearsals_clock_is_refused_with_the_public_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody's real deadlines are moved by a test setting."""
    monkeypatch.setenv("HUYING_CLOCK", "clock")
    for address in (PUBLIC_API, f"{PUBLIC_API}/"):
        monkeypatch.setenv("HUYING_API_URL", address)
        with pytest.raises(BadConfig, match="HUYING_CLOCK"):
            load()
    monkeypatch.setenv("HUYING_API_URL", "http://127.0.0.1:8620/")
    assert load().api_url == "http://127.0.0.1:8620"


def test_the_keys_lie_beside_the_data_folder(tmp_path: Path) -> None:
    """A copy of the data folder never holds the key."""
    found = Settings(_env_file=None, data_dir=tmp_path / "var")
    assert Path(found.key_source) == tmp_path / "var.keys"
    assert Settings(_env_file=None, keys="/elsewhere/k").key_source == "/elsewhere/k"


def test_a_database_address_gets_the_right_driver() -> None:
    """Plain sqlite addresses are opened asynchronously; others are left alone."""
    plain = Settings(_env_file=None, database_url="sqlite:///x.db")
    assert plain.database == "sqlite+aiosqlite:///x.db"
    other = "postgresql+psycopg://u@h/d"
    assert Settings(_env_file=None, database_url=other).database == other
