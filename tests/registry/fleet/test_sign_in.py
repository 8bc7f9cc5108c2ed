"""Signing in to the fleet pages: who gets in, how often one may try, when it ends."""

from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from fleet_worlds import PASSPHRASE, a_browser, a_fleet_registry, a_signed_in_browser, add_account
from sqlalchemy import text
from worlds import FakeClock

from fsmobile.errors import InvalidInput, NotFound
from fsmobile.registry.fleet import accounts, sessions
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.fleet.sessions import (
    FAILURES_OF_ACCOUNT_MAX,
    FAILURES_OF_ADDRESS_MAX,
    IDLE_MS,
    STAY_MS,
    WINDOW_MS,
    source_of_address,
)
from fsmobile.registry.service import RegistryService

LOGIN = "https://registre.test/flotte/connexion"
MINUTE_MS = 60_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def registry(tmp_path: Path, clock: FakeClock) -> RegistryService:
    service = a_fleet_registry(tmp_path, clock)
    add_account(service, "ana")
    return service


def test_a_stranger_is_led_to_the_sign_in_form(registry: RegistryService) -> None:
    browser = a_browser(registry)
    for path in ("/flotte", "/flotte/", "/flotte/structure/bus-charente", "/flotte/poste/00"):
        assert str(browser.get(path).url) == LOGIN


def test_the_right_passphrase_opens_the_fleet(registry: RegistryService) -> None:
    browser = a_signed_in_browser(registry, "ana")
    assert str(browser.get("/flotte/connexion").url) == "https://registre.test/flotte"


@pytest.mark.parametrize(
    ("name", "passphrase"), [("ana", "une autre phrase"), ("bob", PASSPHRASE), ("", "")]
)
def test_a_wrong_name_and_a_wrong_passphrase_get_the_same_answer(
    registry: RegistryService, name: str, passphrase: str
) -> None:
    answer = a_browser(registry).sign_in(name, passphrase)
    assert answer.status_code == 401
    assert "Nom, phrase de passe ou code faux." in answer.text
    assert 'role="alert"' in answer.text


def test_the_session_cookie_is_hidden_from_scripts_and_other_sites(
    registry: RegistryService,
) -> None:
    browser = a_browser(registry)
    answer = browser.sign_in("ana")
    session, mark = answer.history[0].headers.get_list("set-cookie")
    assert session.startswith("__Host-fsmobile=")
    assert "Max-Age" not in session
    assert mark.startswith("__Host-fsmobile-mark=")
    for cookie in (session, mark):
        for wanted in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
            assert wanted in cookie
        assert "Domain" not in cookie


def test_no_page_may_be_kept_framed_or_given_a_script(registry: RegistryService) -> None:
    browser = a_signed_in_browser(registry, "ana")
    for path in ("/flotte", "/flotte/rien", "/flotte/style.css"):
        headers = browser.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_attempts_on_an_account_end_with_the_time_to_come_back(
    registry: RegistryService, clock: FakeClock
) -> None:
    browser = a_browser(registry)
    for _ in range(FAILURES_OF_ACCOUNT_MAX):
        assert browser.sign_in("ana", "une autre phrase").status_code == 401
    answer = browser.sign_in("ana")
    assert answer.status_code == 429
    assert "revenez alors" in answer.text
    assert "26/11/2026 09:15" in answer.text
    assert answer.headers["retry-after"] == str(WINDOW_MS // 1000)
    # From elsewhere too, and with the right passphrase: it is the account that rests.
    assert a_browser(registry, address="198.51.100.1").sign_in("ana").status_code == 429
    clock.ms += WINDOW_MS
    assert browser.sign_in("ana").status_code == 200


def test_an_unknown_account_is_limited_like_a_known_one(registry: RegistryService) -> None:
    browser = a_browser(registry)
    codes = [browser.sign_in("personne", "x").status_code for _ in range(6)]
    assert codes == [401, 401, 401, 401, 401, 429]


def test_attempts_from_an_address_are_limited_whatever_the_names(
    registry: RegistryService,
) -> None:
    browser = a_browser(registry)
    for number in range(FAILURES_OF_ADDRESS_MAX):
        assert browser.sign_in(f"nom-{number}", "x").status_code == 401
    assert browser.sign_in("ana").status_code == 429
    assert a_browser(registry, address="198.51.100.1").sign_in("ana").status_code == 200


def test_of_ten_thousand_tries_from_ten_thousand_places_five_are_looked_at(
    registry: RegistryService, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    look = sessions.is_passphrase

    def count(account: Account | None, passphrase: str) -> bool:
        looked.append(passphrase)
        return look(account, passphrase)

    monkeypatch.setattr(sessions, "is_passphrase", count)
    door = sessions.Sessions(storage=registry.storage, clock=registry.clock, chance=registry.chance)
    for number in range(10_000):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        tried = PASSPHRASE if number >= FAILURES_OF_ACCOUNT_MAX else f"essai {number}"
        outcome = door.sign_in(
            sessions.Credentials(name="ana", passphrase=tried, code="", address=address)
        )
        assert not isinstance(outcome, sessions.SignedIn)
    assert len(looked) == FAILURES_OF_ACCOUNT_MAX
    clock.ms += WINDOW_MS
    assert a_browser(registry).sign_in("ana").status_code == 200


def test_who_tries_all_day_from_elsewhere_locks_nobody_out_of_their_own_browser(
    registry: RegistryService, clock: FakeClock
) -> None:
    own = a_signed_in_browser(registry, "ana")
    own.sign_out()
    add_account(registry, "bob")
    neighbour = a_signed_in_browser(registry, "bob")
    neighbour.sign_out()
    attacker = a_browser(registry, address="198.51.100.1")
    for _ in range(FAILURES_OF_ACCOUNT_MAX):
        assert attacker.sign_in("ana", "une autre phrase").status_code == 401
    assert attacker.sign_in("ana").status_code == 429
    # The mark is one account's, and true ones only.
    assert neighbour.sign_in("ana").status_code == 429
    attacker.cookies.set("__Host-fsmobile-mark", "00.AAAA", domain="registre.test", path="/")
    assert attacker.sign_in("ana").status_code == 429
    assert own.sign_in("ana").status_code == 200
    own.sign_out()
    # Nor is it a way to try more: whoever took that laptop has five tries as well.
    codes = [own.sign_in("ana", "une autre phrase").status_code for _ in range(6)]
    assert codes == [401, 401, 401, 401, 401, 429]
    clock.ms += WINDOW_MS
    assert own.sign_in("ana").status_code == 200


def test_signing_in_counts_as_no_failure(registry: RegistryService) -> None:
    for _ in range(FAILURES_OF_ADDRESS_MAX + 1):
        assert a_browser(registry).sign_in("ana").status_code == 200


def test_one_house_is_one_address() -> None:
    assert source_of_address("2001:db8:1:2::1") == source_of_address("2001:db8:1:2:ffff::9")
    assert source_of_address("2001:db8:1:2::1") != source_of_address("2001:db8:1:3::1")
    assert source_of_address("::ffff:203.0.113.7") == source_of_address("203.0.113.7")


def test_a_form_without_its_token_is_refused(registry: RegistryService) -> None:
    browser = a_browser(registry)
    browser.get("/flotte/connexion")
    data = {"name": "ana", "passphrase": PASSPHRASE, "code": ""}
    for token in ({}, {"form_token": ""}, {"form_token": "faux"}, {"form_token": "é"}):
        answer = browser.ask("POST", "/flotte/connexion", data | token)
        assert answer.status_code == 403
        assert "ne vient pas de cette page" in answer.text
    assert str(browser.get("/flotte").url) == LOGIN


def test_the_token_of_another_browser_is_refused(registry: RegistryService) -> None:
    stolen = a_browser(registry).form_token()
    browser = a_browser(registry)
    browser.get("/flotte/connexion")
    data = {"name": "ana", "passphrase": PASSPHRASE, "code": "", "form_token": stolen}
    assert browser.ask("POST", "/flotte/connexion", data).status_code == 403


def test_nobody_signs_another_out(registry: RegistryService) -> None:
    browser = a_signed_in_browser(registry, "ana")
    assert browser.ask("POST", "/flotte/deconnexion", {}).status_code == 403
    assert "Structures" in browser.get("/flotte").text


def test_a_copied_cookie_is_worth_nothing_after_signing_out(registry: RegistryService) -> None:
    browser = a_signed_in_browser(registry, "ana")
    copy = a_browser(registry)
    copy.cookies.update(browser.cookies)
    assert "Structures" in copy.get("/flotte").text
    assert str(browser.sign_out().url) == LOGIN
    assert str(copy.get("/flotte").url) == LOGIN


def test_a_forged_cookie_opens_nothing(registry: RegistryService) -> None:
    browser = a_signed_in_browser(registry, "ana")
    good = browser.cookies["__Host-fsmobile"]
    for value in (good[:-1] + ("A" if good[-1] != "A" else "B"), "x", good.split(".")[0]):
        stranger = a_browser(registry)
        stranger.cookies.set("__Host-fsmobile", value, domain="registre.test")
        assert str(stranger.get("/flotte").url) == LOGIN


def test_a_session_ends_after_half_an_hour_of_rest(
    registry: RegistryService, clock: FakeClock
) -> None:
    browser = a_signed_in_browser(registry, "ana")
    clock.ms += IDLE_MS - MINUTE_MS
    assert "Structures" in browser.get("/flotte").text
    clock.ms += IDLE_MS - MINUTE_MS
    assert "Structures" in browser.get("/flotte").text
    clock.ms += IDLE_MS
    assert str(browser.get("/flotte").url) == LOGIN


def test_a_session_ends_after_twelve_hours_even_without_rest(
    registry: RegistryService, clock: FakeClock
) -> None:
    browser = a_signed_in_browser(registry, "ana")
    end = clock.ms + STAY_MS
    while clock.ms + 20 * MINUTE_MS < end:
        clock.ms += 20 * MINUTE_MS
        assert "Structures" in browser.get("/flotte").text
    clock.ms = end
    assert str(browser.get("/flotte").url) == LOGIN


def test_an_account_that_is_removed_is_out_at_once(registry: RegistryService) -> None:
    browser = a_signed_in_browser(registry, "ana")
    accounts.remove_account(registry.storage, "ana")
    assert str(browser.get("/flotte").url) == LOGIN


def test_a_new_passphrase_ends_the_sessions_and_replaces_the_old_one(
    registry: RegistryService,
) -> None:
    browser = a_signed_in_browser(registry, "ana")
    accounts.change_passphrase(registry.storage, "ana", "ancre tulipe velours ardoise")
    assert str(browser.get("/flotte").url) == LOGIN
    assert browser.sign_in("ana").status_code == 401
    assert browser.sign_in("ana", "ancre tulipe velours ardoise").status_code == 200


def test_a_second_factor_asks_for_a_code_that_is_good_once(
    registry: RegistryService, clock: FakeClock
) -> None:
    secret, address = accounts.make_second_factor(registry.storage, "ana")
    assert address.startswith("otpauth://totp/fsmobile:ana?")
    code = _code(secret, clock)
    accounts.confirm_second_factor(registry.storage, clock, name="ana", secret=secret, code=code)
    browser = a_browser(registry)
    assert browser.sign_in("ana").status_code == 401
    assert browser.sign_in("ana", code="000000").status_code == 401
    assert browser.sign_in("ana", code=f"{code[:3]} {code[3:]}").status_code == 200
    assert a_browser(registry).sign_in("ana", code=code).status_code == 401
    clock.ms += 30_000
    assert a_browser(registry).sign_in("ana", code=_code(secret, clock)).status_code == 200


def test_a_second_factor_is_kept_only_once_a_code_confirms_it(
    registry: RegistryService, clock: FakeClock
) -> None:
    secret, _ = accounts.make_second_factor(registry.storage, "ana")
    with pytest.raises(InvalidInput, match="second_factor_refused"):
        accounts.confirm_second_factor(
            registry.storage, clock, name="ana", secret=secret, code="abcdef"
        )
    assert a_browser(registry).sign_in("ana").status_code == 200


def test_plain_http_is_for_the_registrys_own_machine_only(registry: RegistryService) -> None:
    here = a_browser(registry, address="127.0.0.1", url="http://localhost:8731")
    assert here.sign_in("ana").status_code == 200
    away = a_browser(registry, url="http://registre.test")
    answer = away.get("/flotte/connexion")
    assert answer.status_code == 403
    assert "https" in answer.text


def test_a_form_far_too_long_is_refused(registry: RegistryService) -> None:
    browser = a_browser(registry)
    token = browser.form_token()
    data = {"name": "ana", "passphrase": "x" * 10_000, "form_token": token}
    assert browser.ask("POST", "/flotte/connexion", data).status_code == 403


def test_a_hostile_form_is_answered(registry: RegistryService) -> None:
    browser = a_browser(registry)
    token = browser.form_token()
    for name in ("é\ud7ff" * 30, "\0", "' or 1=1 --", "<b>", "a" * 5_000):
        data = {"name": name, "passphrase": "\0", "code": "٣" * 6, "form_token": token}
        answer = browser.ask("POST", "/flotte/connexion", data)
        assert answer.status_code in (401, 403, 429)
        assert "<b>" not in answer.text


def test_the_database_holds_no_passphrase_and_no_cookie(registry: RegistryService) -> None:
    browser = a_signed_in_browser(registry, "ana")
    with registry.storage.engine.connect() as connection:
        account = connection.execute(text("SELECT * FROM account")).one()
        session = connection.execute(text("SELECT * FROM account_session")).one()
    assert account.passphrase_hash.startswith("$argon2id$")
    assert PASSPHRASE not in str(account)
    assert browser.cookies["__Host-fsmobile"].encode() not in session.token_hash


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "A B"}, "account_name_malformed"),
        ({"name": "ana"}, "account_exists"),
        ({"role": "roi"}, "role_unknown"),
        ({"role": "coordinator"}, "account_without_agency"),
        ({"agency": "bus-charente"}, "administrator_with_agency"),
        ({"role": "reader", "agency": "Pas Un"}, "agency_malformed"),
        ({"passphrase": "courte"}, "passphrase_length"),
        ({"passphrase": "x" * 1_001}, "passphrase_length"),
        ({"name": "bernadette", "passphrase": "bernadette-16"}, "passphrase_holds_name"),
    ],
)
def test_an_account_that_cannot_be_is_refused(
    registry: RegistryService, clock: FakeClock, changes: dict[str, str], code: str
) -> None:
    values = {"name": "bob", "role": "administrator", "passphrase": PASSPHRASE, **changes}
    with pytest.raises(InvalidInput, match=code):
        accounts.add_account(registry.storage, clock, agency=values.pop("agency", None), **values)
    assert [one.name for one in accounts.list_accounts(registry.storage)] == ["ana"]


def test_an_account_nobody_knows_is_not_found(registry: RegistryService) -> None:
    for act in (
        accounts.remove_account,
        accounts.make_second_factor,
        accounts.remove_second_factor,
    ):
        with pytest.raises(NotFound):
            act(registry.storage, "personne")


def _code(secret: str, clock: FakeClock) -> str:
    return pyotp.TOTP(secret).at(datetime.fromtimestamp(clock.ms / 1000, tz=UTC))
