import pytest

from benchmarks.verification import verify_marks
from kg.ontology import Ontology
from kg.store import GraphStore
from qa.ask import AskOptions, ask
from qa.recorder import Recorder
from qa.verify import UnverifiedAnswer, verify_quotes


def test_marks_come_in_the_order_of_use() -> None:
    assert verify_marks("First [3]. Then [1][3].\nLast [2].", 3) == [3, 1, 2]


@pytest.mark.parametrize("text", ["", "No mark.", "Good [1]. Bad.", "Too high [4].", "Zero [0]."])
def test_marks_that_do_not_hold(text: str) -> None:
    with pytest.raises(UnverifiedAnswer):
        verify_marks(text, 3)


@pytest.mark.parametrize("change", [{"quote": "Something else"}, {"start": 0}, {"passage_id": "p_none"}])
def test_a_quote_that_is_not_the_text_is_refused(
    change: dict[str, object], embedded_sample: GraphStore, ontology: Ontology
) -> None:
    answer = ask("Who heads the crisis team?", embedded_sample, AskOptions(ontology, tier="none"))
    verify_quotes(answer.citations, Recorder(embedded_sample, None))
    citation = next(item for item in answer.citations if item.start > 0)
    with pytest.raises(UnverifiedAnswer):
        verify_quotes([citation.model_copy(update=change)], Recorder(embedded_sample, None))
