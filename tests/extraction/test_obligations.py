"""Who must, may and must not do what, by when and except when; lists; what only looks like an obligation."""

import pytest
from extracting import extract, facts, loaded, triple

from extraction.found import FoundFact

Triple = tuple[str, str, str]
MODALITIES = ("MUST", "MAY", "MUST_NOT")


def obligations(text: str, name: str = "a.md") -> list[FoundFact]:
    return [fact for fact in extract(text, name).facts if fact.predicate in MODALITIES]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("The Supplier must notify the customer.", ("Supplier", "MUST", "notify the customer")),
        ("Each Supplier shall pay; it is due.", ("Supplier", "MUST", "pay")),
        ("The Supplier has to pay at once.", ("Supplier", "MUST", "pay at once")),
        ("The Supplier is required to pay at once.", ("Supplier", "MUST", "pay at once")),
        ("The Supplier may pay later.", ("Supplier", "MAY", "pay later")),
        ("The Supplier is entitled to pay later.", ("Supplier", "MAY", "pay later")),
        ("The Supplier is not prohibited from paying.", ("Supplier", "MAY", "paying")),
        ("The Supplier must not subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("The Supplier shall never subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("The Supplier cannot subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("The Supplier is not permitted to subcontract.", ("Supplier", "MUST_NOT", "subcontract")),
        ("Staff are prohibited from sharing passwords.", ("Staff", "MUST_NOT", "sharing passwords")),
        ("If it fails, every new employee must call.", ("new employee", "MUST", "call")),
        ("No employee may share passwords.", ("employee", "MUST_NOT", "share passwords")),
        ("No Contractor may share passwords.", ("Contractor", "MUST_NOT", "share passwords")),
        ("Nobody may share passwords.", ("Nobody", "MUST_NOT", "share passwords")),
        ("Neither party may assign it.", ("party", "MUST_NOT", "assign it")),
        ("The report is to be sent at once.", ("report", "MUST", "be sent at once")),
        ("You may not share passwords.", ("You", "MUST_NOT", "share passwords")),
        ("The Supplier is therefore entitled to a fee.", ("Supplier", "MAY", "a fee")),
        ("Written notes are forbidden.", ("Written notes", "MUST_NOT", "are forbidden")),
        ("Faults that make it slow must be mended.", ("Faults that make it slow", "MUST", "be mended")),
        (
            "Employees who wish to work in the Office must ask.",
            ("Employees who wish to work in the Office", "MUST", "ask"),
        ),
        ("Visitors get a day badge, which must be returned.", ("day badge", "MUST", "be returned")),
        ("Nimbrel Inc. may receive the data.", ("Nimbrel Inc", "MAY", "receive the data")),
        ("Such work requires the consent of Anna.", ("Such work", "MUST", "requires the consent of Anna")),
        ("Members shall have the right to object.", ("Members", "MAY", "have the right to object")),
        ("Periods can be ended only by Anna.", ("Periods", "MAY", "be ended only by Anna")),
        ("After the end of the year the buyer must pay.", ("buyer", "MUST", "pay")),
        (
            "Documents classified as Restricted or Confidential must be locked.",
            ("Documents classified as Restricted or Confidential", "MUST", "be locked"),
        ),
        ("They decided that all accounts shall be checked.", ("accounts", "MUST", "be checked")),
        ("The Supplier, as a processor, must pay.", ("Supplier", "MUST", "pay")),
        ("If it falls below 5%, the Supplier must pay.", ("Supplier", "MUST", "pay")),
        ("An assessment (DPIA) must be made.", ("assessment", "MUST", "be made")),
        ("Under no circumstances shall Nordwind AB pay.", ("Nordwind AB", "MUST_NOT", "pay")),
        ("Access rights must be reviewed by the owner.", ("Access rights", "MUST", "be reviewed by the owner")),
    ],
)
def test_obligations(text: str, stated: Triple) -> None:
    assert facts(text) == {stated}


def test_an_obligation_of_two() -> None:
    stated = facts("Only Samuel Ngata and Oskar Lindahl may delete copies.")
    assert stated == {(name, "MAY", "delete copies") for name in ("Samuel Ngata", "Oskar Lindahl")}


@pytest.mark.parametrize(
    "text",
    [
        *("It must be kept safe.", "They shall pay.", "Those who must pay are here.", "No one may enter."),
        *(
            "The Supplier is not required to pay.",
            "The Supplier does not have to pay.",
            "The Supplier doesn't have to pay.",
        ),
        *(
            "It applies from 1 May 2026 to all.",
            "Signed on 14 May 2025 in Oslo.",
            "In May the board met.",
            "72 hours must pass.",
        ),
        *("The Supplier must.", "must pay", "This agreement shall apply to all.", "The cap shall be construed widely."),
        *("Logs may contain errors.", "A delay may lead to a loss.", "Staff may be asked to leave.", "It may rain."),
        *("The Supplier shall not be obliged to pay.", "There is an urgent need to pay.", "The policy requires a key."),
        *("Nobody says why the Supplier must pay.", "Nordwind AB cannot afford it."),
        *("If the Supplier must pay, it pays.", "He does repairs that must be done at night."),
        "One two three four five six seven eight nine ten eleven twelve thirteen 14 15 16 17 must pay.",
    ],
)
def test_no_obligation(text: str) -> None:
    assert not {predicate for _, predicate, _ in facts(text)} & {"MUST", "MAY", "MUST_NOT"}


@pytest.mark.parametrize(
    ("text", "deadline", "due"),
    [
        (
            "The Supplier must report it within 72 hours of learning of it.",
            "within 72 hours of learning of it",
            "PT72H",
        ),
        (
            "Within 14 days after the end of the year the Supplier shall pay.",
            "Within 14 days after the end of the year",
            "P14D",
        ),
        (
            "The Supplier must pay no later than 30 (thirty) days after that.",
            "no later than 30 (thirty) days after that",
            "P30D",
        ),
        ("The Supplier must report it without undue delay.", "without undue delay", ""),
        (
            "The Supplier must report it without undue delay and in any case within 3 days.",
            "without undue delay and in any case within 3 days",
            "P3D",
        ),
        ("The Supplier must stop immediately.", "immediately", "PT0S"),
        ("The Supplier must pay by 31 May 2026.", "by 31 May 2026", "2026-05-31"),
        ("Access rights must be reviewed quarterly by the owner.", "quarterly", "R/P3M"),
        ("Keys must be changed at least once every twelve months.", "at least once every twelve months", "R/P12M"),
        ("The plan must be tested twice a year.", "twice a year", "R/P6M"),
        ("Work must be announced five business days in advance.", "five business days in advance", "-P5D business"),
        ("Code must be reviewed before it is merged.", "before it is merged", ""),
        ("The Supplier must pay the monthly fee.", "", ""),
        ("The Supplier must keep logs for two years.", "", ""),
    ],
)
def test_deadlines(text: str, deadline: str, due: str) -> None:
    (fact,) = obligations(text)
    assert (fact.deadline, fact.due) == (deadline, due)


@pytest.mark.parametrize(
    ("text", "exception"),
    [
        ("The board cannot decide unless three are present.", "unless three are present"),
        ("Unless the law says so, the Supplier must not pay.", "Unless the law says so"),
        ("Notes are forbidden, except for sealed envelopes.", "except for sealed envelopes"),
        ("The Supplier may pay later, provided that it says so.", "provided that it says so"),
        ("The Supplier may not leave without the prior consent of Anna.", "without the prior consent of Anna"),
        ("Accounts may be locked without the consent of the owner.", ""),
        ("The Supplier must pay.", ""),
    ],
)
def test_exceptions(text: str, exception: str) -> None:
    (fact,) = obligations(text)
    assert fact.exception == exception


def test_two_verbs_are_two_obligations() -> None:
    text = "The Supplier shall return all data within 45 days and shall then erase it, but may not sell it."
    assert [(*triple(fact), fact.due) for fact in obligations(text)] == [
        ("Supplier", "MUST", "return all data within 45 days", "P45D"),
        ("Supplier", "MUST", "then erase it", ""),
        ("Supplier", "MUST_NOT", "sell it", ""),
    ]


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("4.3 Eating, drinking and smoking are forbidden.", {"Eating", "drinking", "smoking"}),
        ("Names of colleagues, products or offices may not be used.", {"Names of colleagues, products or offices"}),
        ("Only Samuel Ngata and Oskar Lindahl may enter.", {"Samuel Ngata", "Oskar Lindahl"}),
    ],
)
def test_lists_of_subjects(text: str, subjects: set[str]) -> None:
    assert {fact.subject.text for fact in obligations(text)} == subjects


def test_a_pronoun_is_what_the_sentence_before_speaks_of() -> None:
    text = "Passwords of users do not expire. They must be changed at once. It must be hard."
    assert [triple(fact) for fact in obligations(text)] == [("Passwords of users", "MUST", "be changed at once")]
    text = "Nordwind AB stores data. If it thinks that this is wrong, it must say so."
    assert [triple(fact) for fact in obligations(text)] == [("Nordwind AB", "MUST", "say so")]


LISTED = [("Supplier", "MUST", "notify the Client within 24 hours"), ("Supplier", "MUST", "keep logs")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The Supplier shall:\n(a) notify the Client within 24 hours;\n(b) keep logs.\n", "a.txt"),
        ("The Supplier shall, in particular:\n\n- notify the Client within 24 hours; and\n- keep logs.\n", "a.md"),
        ("The Supplier shall: (a) notify the Client within 24 hours; and (b) keep logs.", "a.txt"),
        ("<p>The Supplier shall:</p><ol><li>notify the Client within 24 hours</li><li>keep logs</li></ol>", "a.html"),
    ],
)
def test_lists(text: str, name: str) -> None:
    found = obligations(text, name)
    assert [triple(fact) for fact in found] == LISTED
    assert [fact.due for fact in found] == ["PT24H", ""]
    whole = loaded(text, name).text
    for fact in found:
        assert fact.object.text in whole[fact.start : fact.end]


def test_an_item_with_a_verb_of_its_own_speaks_for_itself() -> None:
    text = "Employees must not:\n\n- share passwords\n- Visitors may not enter.\n\nThat is all: this\n\n- stays free\n"
    assert [triple(fact) for fact in obligations(text)] == [
        ("Visitors", "MUST_NOT", "enter"),
        ("Employees", "MUST_NOT", "share passwords"),
    ]


def test_commands_under_a_heading_that_says_who() -> None:
    text = "# Rules\n\n## 3. What you must do\n\n- Lock your screen.\n- a small thing\n\n## 4. Other\n\n- Look here.\n"
    assert [triple(fact) for fact in obligations(text)] == [("you", "MUST", "Lock your screen")]
