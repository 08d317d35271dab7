import pytest

from kg.ontology import Ontology
from qa.wording import deny, enumerate_names, fact_sentence


@pytest.mark.parametrize(
    ("label", "denied"),
    [
        *(("owns", "does not own"), ("reports to", "does not report to"), ("processes", "does not process")),
        *(("is hosted by", "is not hosted by"), ("must", "must not"), ("has the status", "does not have the status")),
        *(("applies to", "does not apply to"), ("was caused by", "was not caused by"), ("ends on", "does not end on")),
    ],
)
def test_labels_are_denied_in_english(label: str, denied: str) -> None:
    assert deny(label) == denied


def test_a_verdict_is_said_as_it_stands(ontology: Ontology) -> None:
    assert fact_sentence("written notes", "MUST_NOT", ["are forbidden"], ontology) == "Written notes are forbidden"
    assert fact_sentence("staff", "MUST_NOT", ["write notes"], ontology) == "Staff must not write notes"


@pytest.mark.parametrize(
    ("names", "said"), [(["A"], "A"), (["A", "A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_are_enumerated_once_each(names: list[str], said: str) -> None:
    assert enumerate_names(names) == said
