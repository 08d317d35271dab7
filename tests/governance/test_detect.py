"""What counts as personal data and what only looks like it; the names that a text may give a person."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.privacy import TEXTS, detector, floor, measure, rates, read
from governance.privacy.detect import detect
from governance.privacy.forms import blanked, form_of, forms_of, lengths_of
from governance.privacy.masking import Masking, masking_of

LEAST = {"personal": (0.93, 0.95), "personal_held_out": (0.8, 0.87)}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_detection_is_as_good_as_measured_and_better_than_bare_expressions(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    precision, recall = LEAST[path.stem]
    found = rates(measure(lines, detector())["all"])
    assert found["precision"] >= precision
    assert found["recall"] >= recall
    assert found["f1"] > rates(measure(lines, floor)["all"])["f1"] + 0.3


def test_rates() -> None:
    assert rates(Counter({"right": 3, "too much": 1, "missed": 2})) == {"precision": 0.75, "recall": 0.6, "f1": 0.667}
    assert read("Call {PERSON:Bo} now.") == ("Call Bo now.", {(5, 7, "PERSON")})


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("DE89370400440532013000 and DE88370400440532013000", ["IBAN"]),
        ("4111 1111 1111 1111 and 4111 1111 1111 1112", ["CARD"]),
        ("198.51.100.7, 300.1.1.1, 127.0.0.1, ::1", ["IP"]),
        ("12345678Z and 12345678A", ["ID"]),
        ("PESEL 44051401359, account 44051401359, PESEL 44051401358", ["ID"]),
        ("born 1 May 1980, hired 1 May 2010", ["BIRTHDATE"]),
        ("a@b.example, @b.example, a@b", ["EMAIL"]),
        ("dial 020 7946 0958 for order 020 7946 0958", ["PHONE"]),
    ],
)
def test_what_a_check_or_the_context_refuses_is_no_personal_data(text: str, kinds: list[str]) -> None:
    assert [item.kind for item in detect(text)] == kinds


def test_of_two_that_overlap_the_surer_stays() -> None:
    text = "maria.lind@nordwind.example"
    assert [item.kind for item in detect(text, lambda _: [(0, 10)])] == ["EMAIL"]


def masking(
    *names: str, shared: tuple[str, ...] = (), ordinary: tuple[str, ...] = (), ambiguous: bool = False
) -> Masking:
    forms = forms_of(names, shared.__contains__, ambiguous, ordinary.__contains__)
    return masking_of(forms, "somebody", b"salt")


@pytest.mark.parametrize(
    "text",
    [
        "Thessaly Quorndale",
        "THESSALY\nQUORNDALE",
        "quorndale, thessaly",
        "**Thessaly** **Quorndale**",
        "T. Quorndale",
        "Quorndale T.",
        "thessaly_quorndale",
        "tquorndale",
        "ThessalyQuorndale",
        "Thes\u00adsaly Quorn\u200bdale",
        "Ｔｈｅｓｓａｌｙ Ｑｕｏｒｎｄａｌｅ",
        "thessaly.quorndale",
        "Quorndale",
    ],
)
def test_all_forms_of_a_name_are_found(text: str) -> None:
    masked = masking("Thessaly Quorndale")(f"Ask {text}; then go.")
    assert len(masked) == len(f"Ask {text}; then go.")
    assert "█" in masked
    assert masked.endswith("; then go.")
    assert not any(character.isalnum() for character in masked[4 : -len("; then go.")])


def test_accents_are_no_other_name() -> None:
    masked = masking("Søren Kjærgård")
    for text in ("Søren Kjærgård", "SØREN KJÆRGÅRD", "Soren Kjaergard", "Søren Kjærga\u030ard"):
        assert masked.holds(text), text


def test_words_that_others_bear_stay_theirs() -> None:
    masked = masking("Maria Lind", shared=("maria", "lind"), ambiguous=True)
    assert masked("Maria Lind came. Bo Lind left. Maria Berg and M. Lind stayed; Lind spoke.") == (
        "██████████ came. Bo Lind left. Maria Berg and M. Lind stayed; ████ spoke."
    )
    assert masked("Lind spoke.") == "Lind spoke.", "nobody says which"


def test_ordinary_words_are_names_only_with_a_capital() -> None:
    masked = masking("Rose Baker", ordinary=("rose", "baker"))
    assert masked("A baker sold a rose to rose baker and Baker.") == "A baker sold a rose to ██████████ and █████."


def test_an_address_keeps_its_shape_and_two_stay_two() -> None:
    masked = masking("Thessaly Quorndale")
    one, other = (masked.uri(f"file:///d/{name}-review.md") for name in ("thessaly-quorndale", "t.quorndale"))
    assert one != other
    assert one.startswith("file:///d/erased-")
    assert one.endswith("-review.md")
    assert masked.uri("file:///d/Thessaly%20Quorndale.md").startswith("file:///d/erased-")
    assert masked.uri("file:///d/a%20b.md") == "file:///d/a%20b.md"
    assert masked.uri(one) == one


def test_pieces() -> None:
    assert form_of("Dr. Thessaly Quorndale") == ("thessaly", "quorndale")
    assert blanked("a\nb c", [(0, 3)]) == "█\n█ c"
    assert lengths_of([("a",), ("a", "b")]) == (2, 1)
