"""kg.names: which names are one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import normalise_name

#: Letters for which capitals and small letters are each other's; "ß" and "İ" are not, and are tried by hand.
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüéèñøåłABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜ0123456789'’&-./@:s"
names = st.lists(st.text(LETTERS, min_size=1, max_size=9), min_size=1, max_size=5).map(" ".join)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Atlas", "atlas"),
        ("the  Data\nProtection Officer", "data protection officer"),
        ("Data Protection Officer's", "data protection officer"),
        ("controllers", "controller"),
        ("Williams", "williams"),
        ("policies", "policy"),
        ("its processes", "process"),
        ("business", "business"),
        ("INC-2026-003", "inc-2026-003"),
        ("AT&T", "at&t"),
        ("C++", "c++"),
        ("Nordwind GmbH & Co. KG", "nordwind gmbh & co kg"),
        ("O’Brien", "o’brien"),
        ("Straße", "strasse"),
        ("ﬁles", "file"),  # a ligature, as PDFs have them
        ("Cafe\u0301", "café"),  # an accent apart, as macOS writes it
        ("72 hours", "pt72h"),
        ("the seventy-two (72) hours.", "pt72h"),
        ("3 March 2026", "2026-03-03"),
        ("every EUR 98,000", "eur 98000.00"),
        ("“Atlas”,", "atlas"),
        ("Tax @ Office", "tax office"),
        ("...", ""),
        ("the", ""),
    ],
)
def test_keys(name: str, key: str) -> None:
    assert normalise_name(name) == key


@pytest.mark.parametrize("name", ["any's x", "x's's", "aa.s", "all'", "anys"])
def test_what_one_reading_leaves_is_not_read_off_by_the_next(name: str) -> None:
    key = normalise_name(name)
    assert normalise_name(key.upper()) == key


@given(names)
def test_a_key_in_capitals_has_that_key(name: str) -> None:
    key = normalise_name(name)
    assert normalise_name(key.upper()) == key


@given(names)
def test_a_determiner_before_a_name_changes_nothing(name: str) -> None:
    assert normalise_name(f"the {name}") == normalise_name(f" This {name}.") == normalise_name(name)


@given(st.text())
def test_keys_are_folded_and_composed(name: str) -> None:
    key = normalise_name(name)
    assert key == key.casefold() == unicodedata.normalize("NFKC", key)
    assert key == " ".join(key.split())
    assert normalise_name(unicodedata.normalize("NFD", name)) == key
