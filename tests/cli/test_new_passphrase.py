"""Choosing a passphrase at the terminal: typed twice, asked again where the two differ."""

import pytest

from fsmobile.cli import unlocking


def test_two_passphrases_that_differ_are_asked_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["quatre mots", "quatre maux", "quatre mots sans lien", "quatre mots sans lien"])
    monkeypatch.setattr(unlocking, "has_terminal", lambda: True)
    monkeypatch.setattr(unlocking, "getpass", lambda _prompt: next(typed))
    monkeypatch.delenv(unlocking.SECRET_FILE, raising=False)
    monkeypatch.delenv(unlocking.NEW_SECRET_FILE, raising=False)
    assert unlocking.read_new_secret("Phrase : ") == "quatre mots sans lien"
    assert "recommencez" in capsys.readouterr().err
