"""Refresh tokens: kept when they change, never lost to a failed answer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
import responses

from bridge.errors import BridgeError
from bridge.sources.base import LoginRefused, MailboxError, Unreachable
from bridge.sources.oauth2 import OAuth2Settings, RefreshedTokens

URL = "https://login.example.org/token"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "refresh.token"
    path.write_text("first\n")
    return path


@pytest.fixture
def tokens(file: Path, clock: Clock) -> RefreshedTokens:
    return RefreshedTokens(OAuth2Settings(URL, "id", file, "secret", "imap"), clock=clock)


def sent(number: int) -> dict[str, list[str]]:
    body = responses.calls[number].request.body
    assert isinstance(body, str)
    return parse_qs(body)


@responses.activate
def test_a_token_is_kept_until_shortly_before_its_end(tokens: RefreshedTokens, clock: Clock) -> None:
    responses.post(URL, json={"access_token": "a", "expires_in": 3600})
    responses.post(URL, json={"access_token": "b", "expires_in": 3600})
    assert [tokens(), tokens()] == ["a", "a"]
    clock.now += 3500
    assert tokens() == "b"
    assert sent(0)["client_secret"] == ["secret"]
    assert sent(0)["scope"] == ["imap"]


@responses.activate
def test_a_new_refresh_token_is_written_and_used(tokens: RefreshedTokens, file: Path) -> None:
    responses.post(URL, json={"access_token": "a", "refresh_token": "second"})
    responses.post(URL, json={"access_token": "b"})
    tokens()
    assert file.read_text() == "second\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert tokens(fresh=True) == "b"
    assert [sent(n)["refresh_token"] for n in (0, 1)] == [["first"], ["second"]]
    assert file.read_text() == "second\n"


@responses.activate
def test_a_dead_grant_is_permanent(tokens: RefreshedTokens) -> None:
    responses.post(URL, status=400, json={"error": "invalid_grant", "error_description": "secret words"})
    with pytest.raises(LoginRefused) as caught:
        tokens()
    assert caught.value.permanent
    assert "secret words" not in str(caught.value)


@responses.activate
@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_a_busy_token_server_is_temporary(tokens: RefreshedTokens, status: int) -> None:
    responses.post(URL, status=status, json={})
    with pytest.raises(Unreachable) as caught:
        tokens()
    assert not caught.value.permanent


@responses.activate
@pytest.mark.parametrize("body", ["", "{}", "[]", "<html>", '{"access_token": 7}'])
def test_an_answer_without_a_token_is_an_error(tokens: RefreshedTokens, body: str) -> None:
    responses.post(URL, body=body)
    with pytest.raises(MailboxError):
        tokens()


@responses.activate
def test_no_connection_is_temporary(tokens: RefreshedTokens) -> None:
    responses.post(URL, body=requests.ConnectionError("to https://login.example.org"))
    with pytest.raises(Unreachable, match="ConnectionError"):
        tokens()


def test_a_missing_file_is_permanent(tmp_path: Path) -> None:
    tokens = RefreshedTokens(OAuth2Settings(URL, "id", tmp_path / "none"))
    with pytest.raises(BridgeError) as caught:
        tokens()
    assert caught.value.permanent
