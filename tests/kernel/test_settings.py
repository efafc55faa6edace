"""Settings: documented, checked, and an unknown or wrong one stops the start with its name and what is allowed."""

import os
from pathlib import Path

import pytest

from visavis.kernel.settings import ELSEWHERE, PREFIX, Settings, WrongSettings, load


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def test_without_any_setting_the_platform_starts() -> None:
    settings = load()
    assert (settings.host, settings.port) == ("127.0.0.1", 8420)
    assert settings.embed_token_seconds == 300


def test_the_environment_is_read_and_the_command_line_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VISAVIS_PORT", "9000")
    monkeypatch.setenv("VISAVIS_FIRM_NAME", "测试证券")
    monkeypatch.setenv("VISAVIS_HOME", str(tmp_path))
    assert (load().port, load().firm_name, load().home) == (9000, "测试证券", tmp_path)
    assert load(port=9001).port == 9001


def test_an_unknown_setting_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_PROT", "9000")
    with pytest.raises(
        WrongSettings, match=r"unknown setting VISAVIS_PROT; known are: .*VISAVIS_PORT"
    ):
        load()


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "70000", "less than or equal to 65535"),
        ("PORT", "many", "valid integer"),
        ("EMBED_TOKEN_SECONDS", "301", "less than or equal to 300"),
        ("OFFER_COUNT", "0", "greater than or equal to 1"),
        ("OWN_HOLD_SECONDS", "16", "less than or equal to 15"),
        ("ROLES", "web,cook", "some of web, dispatch, work"),
        ("NATS_URL", "http://bus", "nats://"),
        ("STAFF_SESSION_HOURS", "25", "less than or equal to 24"),
        ("LOG_FORMAT", "xml", "'json' or 'text'"),
        ("PUSH", "maybe", "'on' or 'off'"),
        ("DATABASE_CONNECTIONS", "1", "greater than or equal to 2"),
        ("TIME_ZONE", "Mars/Phobos", "for example Asia/Shanghai"),
        ("TIME_ZONE", "../etc/passwd", "for example Asia/Shanghai"),
        ("QUIET_FROM", "8 pm", "for example 20:00"),
        ("PUBLIC_URL", "talk.example.com", "https://"),
        ("PUBLIC_URL", "https://example.com/talk", "without a path"),
        ("WEBHOOK_URL", "ftp://example.com", "https://"),
        ("REGISTER_URL", "javascript:alert(1)", "https://"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(WrongSettings) as error:
        load()
    assert str(error.value).startswith(f"{PREFIX}{name}: ")
    assert allowed in str(error.value)
    assert value in str(error.value)


def test_an_identity_provider_is_named_wholly_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VISAVIS_OIDC_ISSUER", "https://sso.example.com")
    with pytest.raises(WrongSettings, match=r"^VISAVIS_OIDC_ISSUER and VISAVIS_OIDC_CLIENT_ID"):
        load()
    monkeypatch.setenv("VISAVIS_OIDC_CLIENT_ID", "visavis")
    assert load().oidc_issuer == "https://sso.example.com"


def test_an_origin_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_PUBLIC_URL", "https://talk.example.com/")
    assert load().public_url == "https://talk.example.com"


def test_what_tools_read_is_no_unknown_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ELSEWHERE:
        monkeypatch.setenv(name, "1")
    assert load().port == 8420


def test_every_setting_says_what_it_is_for() -> None:
    undescribed = [name for name, one in Settings.model_fields.items() if not one.description]
    assert undescribed == []


def test_secrets_do_not_show_in_a_printed_settings_object() -> None:
    shown = repr(Settings(oidc_client_secret="hush-1", webhook_secret="hush-2"))
    assert "hush" not in shown


def test_a_process_has_the_roles_it_is_given() -> None:
    assert all(load().has_role(role) for role in ("web", "dispatch", "work"))
    some = load(roles="work, web", nats_url="nats://127.0.0.1:4222")
    assert [some.has_role(role) for role in ("web", "dispatch", "work")] == [True, False, True]
