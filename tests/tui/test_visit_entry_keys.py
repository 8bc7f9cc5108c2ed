"""The fast entry, key by key: counts promised, twins of a French keyboard, random keys."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fsmobile.core.folding import fold
from fsmobile.core.follow_ups import ReferralChannel
from fsmobile.core.ids import TourId
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    FirstContact,
    HelpKind,
    Mandate,
    Obstacle,
    Outcome,
    Whereabouts,
    check_visit,
)
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.tui.visit_entry_draft import entry_data, read_entry
from fsmobile.tui.visit_entry_keys import press_entry
from fsmobile.tui.visit_entry_state import (
    Entry,
    Hint,
    Step,
    Wish,
    choices_of,
    reopen,
    repeat,
    visit_of,
)
from tests.tui.entry_samples import a_book, an_entry, press_all

BOOK = a_book()


def test_three_letters_and_enter_choose_a_procedure_then_r_and_enter_save() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter r enter")
    assert entry.wish is Wish.SAVE
    (enquiry,) = check_visit(visit_of(entry)).enquiries
    assert enquiry.procedure == "retraite-dossier"
    assert enquiry.outcome is Outcome.RESOLVED


def test_the_most_frequent_is_one_enter_away() -> None:
    entry = press_all(an_entry(), BOOK, "enter r enter")
    assert entry.wish is Wish.SAVE
    assert visit_of(entry).enquiries[0].procedure == "acte-renseignement"


def test_every_procedure_is_at_most_three_letters_and_one_digit_away() -> None:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    prefixes = {
        text[:size]
        for procedure in load_catalogue().procedures.values()
        for text in _words(procedure.label, *procedure.synonyms)
        for size in (1, 2, 3)
        if all(letter in alphabet for letter in text[:size])
    }
    reached = {choice.code for prefix in prefixes for choice in BOOK.find_procedures(prefix)[:9]}
    assert set(load_catalogue().procedures) - reached == set()


def _words(*texts: str) -> list[str]:
    return [word for text in texts for word in fold(text).split()]


def test_enter_without_an_outcome_records_nothing_and_says_why() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter enter")
    assert entry.wish is Wish.NOTHING
    assert entry.hint is Hint.CHOOSE_OUTCOME


def test_defaults_come_from_the_procedure_and_one_letter_changes_each() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter")
    procedure = BOOK.procedure(entry.enquiries[0].procedure)
    assert entry.enquiries[0].help is procedure.help is HelpKind.ASSISTANCE
    assert entry.shown_minutes == procedure.minutes
    changed = press_all(entry, BOOK, "t right r enter")
    visit = check_visit(visit_of(changed))
    assert visit.enquiries[0].help is HelpKind.REFERRAL
    assert visit.minutes == procedure.minutes + 5


def test_personal_facts_stay_unsaid_until_a_key_says_them() -> None:
    plain = visit_of(press_all(an_entry(), BOOK, "enter r enter"))
    assert (plain.age_band, plain.residence, plain.first_contact) == (
        AgeBand.UNKNOWN,
        None,
        FirstContact.UNKNOWN,
    )
    said = visit_of(press_all(an_entry(), BOOK, "enter g 7 h c m m 3 j r enter"))
    assert said.age_band is AgeBand.FROM_70
    assert said.residence == "16230"
    assert said.first_contact is FirstContact.FIRST or said.first_contact is FirstContact.AGAIN
    assert said.channel is Channel.PHONE
    assert said.people == 3
    assert said.mandate is Mandate.VERBAL


def test_another_commune_of_residence_is_found_by_letters() -> None:
    entry = press_all(an_entry(), BOOK, "enter h h")
    assert entry.step is Step.RESIDENCE
    assert visit_of(press_all(entry, BOOK, "a n enter r")).residence == "16015"
    assert visit_of(press_all(entry, BOOK, "backspace r")).residence is None


def test_a_comma_asks_for_another_procedure_of_the_same_person() -> None:
    keys = "r e t enter r , c a f enter r enter"
    visit = check_visit(visit_of(press_all(an_entry(), BOOK, keys)))
    assert [enquiry.operator for enquiry in visit.enquiries] == ["cnav", "caf"]
    usual = [BOOK.procedure(enquiry.procedure).minutes for enquiry in visit.enquiries]
    assert visit.minutes == sum(usual)
    assert len(keys.split()) + 1 == 13


def test_backspace_after_a_comma_gives_the_first_enquiry_back() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter r , backspace")
    assert entry.step is Step.FACTS
    assert len(entry.enquiries) == 1


def test_a_referral_asks_to_whom() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter o")
    assert entry.step is Step.REFERRAL
    chosen = press_all(entry, BOOK, "m a i enter enter")
    (enquiry,) = check_visit(visit_of(chosen)).enquiries
    assert (enquiry.outcome, enquiry.referred_to) == (Outcome.REFERRED, "mairie")


def test_changing_the_outcome_of_a_referral_forgets_to_whom() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter o 1 r enter")
    assert visit_of(entry).enquiries[0].referred_to is None


def test_escape_parks_and_escape_from_a_question_only_leaves_the_question() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter g")
    left = press_all(entry, BOOK, "escape")
    assert (left.step, left.wish) == (Step.FACTS, Wish.NOTHING)
    assert press_all(left, BOOK, "escape").wish is Wish.PARK


@pytest.mark.parametrize(("twin", "people"), list(zip("&é\"'(-è_ç", range(1, 10), strict=True)))
def test_the_digit_row_of_a_french_keyboard_counts_people(twin: str, people: int) -> None:
    entry = press_entry(press_all(an_entry(), BOOK, "enter"), twin, BOOK)
    assert entry.people == people


@pytest.mark.parametrize(("twin", "number"), [("&", 1), ('"', 3), ("'", 4), ("(", 5), ("-", 6)])
def test_the_digit_row_of_a_french_keyboard_picks_a_line(twin: str, number: int) -> None:
    entry = press_entry(an_entry(), twin, BOOK)
    assert entry.enquiries[0].procedure == BOOK.find_procedures("")[number - 1].code


def test_an_accent_typed_first_is_text() -> None:
    entry = press_entry(an_entry(), "é", BOOK)
    assert entry.picker.query == "é"
    assert entry.step is Step.PROCEDURE


def test_more_than_nine_people_are_counted_with_the_arrows() -> None:
    entry = press_all(an_entry(), BOOK, "enter 9 up up up r enter")
    assert check_visit(visit_of(entry)).people == 12


def test_work_on_the_road_belongs_to_no_passage() -> None:
    visit = check_visit(visit_of(press_all(an_entry(), BOOK, "enter l r enter")))
    assert (visit.whereabouts, visit.passage_id) == (Whereabouts.ROAD, None)
    nowhere = replace(an_entry(), passage_id=None, whereabouts=Whereabouts.ROAD)
    keys = "enter l l l r enter"
    assert visit_of(press_all(nowhere, BOOK, keys)).whereabouts is not Whereabouts.PASSAGE


def test_the_same_again_copies_what_was_asked_and_nothing_of_the_person() -> None:
    keys = "r e t enter g 7 h c 3 r , c a f enter p enter"
    last = replace(visit_of(press_all(an_entry(), BOOK, keys)), note="dossier envoyé")
    again = press_all(repeat(an_entry(), last, BOOK), BOOK, "enter")
    assert again.wish is Wish.SAVE
    visit = visit_of(again)
    assert visit.enquiries == last.enquiries
    assert visit.minutes == last.minutes
    assert (visit.people, visit.note, visit.residence) == (1, "", None)
    assert (visit.age_band, visit.first_contact) == (AgeBand.UNKNOWN, FirstContact.UNKNOWN)


def test_a_recorded_visit_reopens_with_all_it_says() -> None:
    keys = "r e t enter g 7 h c 3 m l r , c a f enter p right enter"
    visit = visit_of(press_all(an_entry(), BOOK, keys))
    assert visit_of(reopen(an_entry(), visit, "v1", BOOK)) == visit


def test_a_procedure_without_operator_cannot_be_saved_as_help_without_asking_one() -> None:
    for procedure in load_catalogue().procedures.values():
        entry = replace(an_entry())
        choices = BOOK.find_procedures(procedure.label)
        index = [choice.code for choice in choices].index(procedure.procedure_id)
        entry = replace(entry, picker=replace(entry.picker, query=procedure.label, cursor=index))
        for help_key in ("", "t", "t t"):
            saved = press_all(entry, BOOK, "enter", help_key, "r enter")
            if saved.wish is Wish.SAVE:
                check_visit(visit_of(saved))
            else:
                assert saved.step is Step.OPERATOR


NAMED = (
    "enter escape backspace up down left right home end pageup pagedown ctrl+n ctrl+s tab f1 delete"
)
KEYS = st.sampled_from([*"abcdefghijklmnopqrstuvwxyz0123456789&é\"'(-è_çà,.;: ?*", *NAMED.split()])


@settings(max_examples=400, deadline=None)
@given(st.lists(KEYS, max_size=40))
def test_no_string_of_keys_makes_a_visit_that_cannot_be_recorded(keys: list[str]) -> None:
    entry: Entry = an_entry()
    for key in keys:
        before = entry
        entry = press_entry(entry, key, BOOK)
        if entry.wish is Wish.SAVE:
            assert before.enquiries
            check_visit(visit_of(entry))
            entry = an_entry()
        choices = choices_of(entry, BOOK)
        assert 0 <= entry.picker.cursor <= max(0, len(choices) - 1)
        kept = read_entry(entry_data(entry))
        assert kept.enquiries == entry.enquiries
        assert replace(kept, step=entry.step, picker=entry.picker) == replace(
            entry, hint=None, wish=Wish.NOTHING
        )


def test_a_number_typed_in_the_search_never_enters_the_draft() -> None:
    entry = replace(an_entry(), picker=replace(an_entry().picker, query="1 85 05 78 006 084"))
    assert "85" not in repr(entry_data(entry)["query"])


def test_a_referral_has_its_way_and_the_other_sides_number() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter o 1 2 n")
    assert entry.wish is Wish.WRITE_REFERENCE
    (enquiry,) = visit_of(entry).enquiries
    assert enquiry.referral_channel is ReferralChannel.ADMINISTRATION_PLUS
    again = press_all(entry, BOOK, "o 2 enter")
    assert visit_of(again).enquiries[0].referral_channel is ReferralChannel.DIRECT_LINE


def test_the_site_that_is_down_is_not_the_persons_failure() -> None:
    entry = press_all(an_entry(), BOOK, "r e t enter a b")
    (enquiry,) = check_visit(visit_of(entry)).enquiries
    assert (enquiry.outcome, enquiry.obstacle) == (Outcome.DROPPED, Obstacle.SITE_DOWN)
    assert visit_of(press_all(entry, BOOK, "b b b")).enquiries[0].obstacle is None
    assert read_entry(entry_data(entry)).current == entry.current


def test_work_on_the_road_is_told_with_the_tour_of_the_day() -> None:
    entry = replace(an_entry(), tour_id=TourId("semaine-paire"))
    entry = press_all(entry, BOOK, "i enter r")
    assert visit_of(entry).tour_id is None
    assert visit_of(press_all(entry, BOOK, "l")).tour_id == "semaine-paire"
