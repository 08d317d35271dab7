"""From when and until when documents say that they are in force."""

import pytest
from extracting import loaded

from extraction.in_force import document_period

FRONT = "---\ntitle: P\n"
TABLE = "<h1>P</h1><table><tr><th>Id</th><td>P-1</td></tr><tr><th>Valid until</th><td>2025</td></tr></table>"
RECORD = '{"title": "P", "effective_date": "2025-02-01", "expiry_date": "2026-01-31", "text": "All of it."}'


@pytest.mark.parametrize(
    ("text", "name", "period"),
    [
        (FRONT + "valid_from: 2024-03-01\nvalidTo: 2024-12\n---\n# P\n\nText.\n", "a.md", ("2024-03-01", "2024-12-31")),
        (FRONT + "effective_date: '2024-03-01'\n---\n# P\n\nText.\n", "a.md", ("2024-03-01", None)),
        ("# P\n\nEffective date: 1 January 2025\n\nText.\n", "a.md", ("2025-01-01", None)),
        ("# P\n\n**Effective:** 1 January 2025  \n**Expires:** end of 2026\n", "a.md", ("2025-01-01", "2026-12-31")),
        ("# P\n\n- Valid from 1 May 2024 until 30 April 2026\n", "a.md", ("2024-05-01", "2026-04-30")),
        ("# P\n\n*PRO-1, version 2.1, valid from 1 December 2025. Owner: Anna Holm.*\n", "a.md", ("2025-12-01", None)),
        ("P\n\nPOL-4 - Version 2.0 - In force from 1 March 2026\nOwner: Anna\n", "a.txt", ("2026-03-01", None)),
        ("P\n\nVersion 3.4 of 2 June 2025\n", "a.txt", ("2025-06-02", None)),
        ("# P\n\n| | |\n|---|---|\n| Owner | Anna |\n| Effective | 1 October 2025 |\n", "a.md", ("2025-10-01", None)),
        (TABLE, "a.html", (None, "2025-12-31")),
        ("# P\n\nThis Agreement commences on 1 September 2025 and is signed.\n", "a.md", ("2025-09-01", None)),
        ("# P\n\nThis policy is valid from 1 May 2024 until 30 April 2026.\n", "a.md", ("2024-05-01", "2026-04-30")),
        (RECORD, "a.json", ("2025-02-01", "2026-01-31")),
    ],
)
def test_found(text: str, name: str, period: tuple[str | None, str | None]) -> None:
    assert document_period(loaded(text, name)) == period


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("# P\n\nAccess cards, valid until 31 December 2025, are blue.\n", "a.md"),
        ("# P\n\nThe old contract is in force until 31 December 2025, and then ends.\n", "a.md"),
        ("# P\n\nApproved on 4 April 2024. Next review: 12 January 2027\n", "a.md"),
        ("# P\n\nMinutes of the meeting on 19 February 2026\n", "a.md"),
        ("contract,valid_from\nCTR-1,2025-01-01\n", "a.csv"),
        ("# P\n\n| Contract | Owner | Effective |\n|---|---|---|\n| CTR-1 | Anna | 2025-01-01 |\n", "a.md"),
        ("# P\n\n" + "Words of no matter. " * 100 + "\n\nEffective date: 1 January 2025\n", "a.md"),
        ("# P\n\nEffective date: 31 February 2025\n", "a.md"),
    ],
)
def test_what_is_said_of_other_things_is_not(text: str, name: str) -> None:
    assert document_period(loaded(text, name)) == (None, None)


def test_an_end_before_the_beginning_is_left_out() -> None:
    assert document_period(loaded("# P\n\nValid from: 2025-05-01\n\nExpires: 2024-01-01\n")) == ("2025-05-01", None)
