"""No personal data reaches a large model, and whoever asks sees the names all the same."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openai_stand_in import Reply, StandIn, ToolCall, prompt_text, stand_in

from extraction.ingest import IngestOptions, ingest
from extraction.people import people_in
from extraction.report import IngestReport
from extraction.sources import Source
from governance.privacy.people import looks_like_person
from governance.privacy.redact import NameRedactor
from kg.embedded import EmbeddedStore
from kg.ontology import Ontology, load_ontology
from qa.answer import Answer
from qa.ask import ask
from qa.draft import draft_cypher
from qa.models.spec import Models, ModelSpec
from qa.observer import Observer
from qa.options import AskOptions
from qa.redaction import Unveiling

MEMO = """# Crisis team of Ottilie Vandermark

Ottilie Vandermark leads the crisis team. Her deputy is Casimir Brolly. O. Vandermark can be reached at
ottilie.vandermark@nordwind.example and on +47 22 33 44 55. Vandermark reports to Ingeborg Dahlquist.
The crisis team meets every Monday. Casimir Brolly owns Gatekeep.
"""
OTHER = """# Note

Ingeborg Dahlquist owns Lantern. Lantern is hosted by Sund Data AB.
"""
#: What may not leave the machine, in lower case.
SECRET = ("ottilie", "vandermark", "casimir", "brolly", "ingeborg", "dahlquist", "nordwind.example", "22 33 44 55")
QUESTION = "Who leads the crisis team?"
_ROLES: dict[Any, Any] = {"synthesis": ("none", "small", "large")}


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return load_ontology()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    opened = EmbeddedStore(tmp_path_factory.mktemp("redaction"))
    sources = [
        Source("file:///crisis.md", "crisis.md", data=MEMO.encode()),
        Source("file:///note.md", "note.md", data=OTHER.encode()),
    ]
    ingest(opened, sources, IngestOptions(), IngestReport(), lambda done, total, name: None)
    yield opened
    opened.close()


@pytest.fixture
def model() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


def spec(model: StandIn, tier: Any = "large") -> ModelSpec:
    return ModelSpec(
        name=tier,
        tier=tier,
        provider="openai",
        model="stand-in",
        base_url=model.url,
        retries=0,
        context=16000,
        answer=500,
    )


def options(store: EmbeddedStore, ontology: Ontology, model: StandIn, tier: Any = "large") -> AskOptions:
    redactor = NameRedactor(store, ontology, people_in("local", None, looks_like_person))
    models = Models((spec(model, tier),), _ROLES)
    return AskOptions(ontology, tier=tier, models=models, redact=redactor)


def sent(model: StandIn) -> str:
    return json.dumps(model.requests, ensure_ascii=False).casefold()


def leaks(model: StandIn) -> list[str]:
    return [secret for secret in SECRET if secret in sent(model)]


def mark_of(request: dict[str, Any], before: str) -> str:
    """The placeholder that stands before some words of a prompt."""
    text = prompt_text(request)
    assert before in text, text
    return text[: text.index(before)].rpartition("[")[2].join(("[", ""))


def test_the_model_sees_placeholders_and_the_reader_names(
    store: EmbeddedStore, ontology: Ontology, model: StandIn
) -> None:
    model.script = lambda request: f"{mark_of(request, ' leads the crisis team')} leads the crisis team [1]."
    answer = ask(QUESTION, store, options(store, ontology, model))
    assert answer.trace.route.tier == "large", answer.trace.route
    assert answer.answer == "Ottilie Vandermark leads the crisis team [1]."
    assert answer.groundedness == 1.0
    assert leaks(model) == []
    assert "[email 1]" in sent(model)
    assert "[phone 1]" in sent(model)


def test_without_redaction_they_would_leave(store: EmbeddedStore, ontology: Ontology, model: StandIn) -> None:
    model.reply = "Ottilie Vandermark leads the crisis team [1]."
    ask(QUESTION, store, replace(options(store, ontology, model), redact=None))
    assert set(SECRET) <= set(leaks(model)), "the tests above could not fail"


def test_a_small_model_is_ones_own_and_sees_names(store: EmbeddedStore, ontology: Ontology, model: StandIn) -> None:
    model.reply = "Ottilie Vandermark leads the crisis team [1]."
    answer = ask(QUESTION, store, options(store, ontology, model, "small"))
    assert answer.answer == model.reply
    assert "ottilie vandermark" in sent(model)


@pytest.mark.parametrize(
    "question", ["Whom does casimir brolly answer to, and what does he own?", "What does Brolly own?"]
)
def test_names_in_the_question_are_hidden_too(
    store: EmbeddedStore, ontology: Ontology, model: StandIn, question: str
) -> None:
    model.script = lambda request: f"{mark_of(request, ' owns Gatekeep')} owns Gatekeep [1]."
    answer: Answer = ask(question, store, options(store, ontology, model))
    assert answer.trace.route.tier == "large", answer.trace.route
    assert "Casimir Brolly owns Gatekeep" in answer.answer
    assert leaks(model) == []
    assert "[person" in sent(model).rpartition("question:")[2]


def test_what_tools_find_is_hidden_and_what_is_asked_of_them_is_shown(
    store: EmbeddedStore, ontology: Ontology, model: StandIn
) -> None:
    def script(request: dict[str, Any]) -> Reply | str:
        if len(model.requests) == 1:
            mark = mark_of(request, ".\nThe crisis team meets") if ".\nThe" in prompt_text(request) else "[PERSON 1]"
            return Reply(tool_calls=[ToolCall("facts_about", json.dumps({"name": mark}))])
        return f"{mark_of(request, ' leads the crisis team')} leads the crisis team [1]."

    model.script = script
    answer = ask(QUESTION, store, options(store, ontology, model))
    assert len(model.requests) == 2
    (call,) = answer.trace.route.tools
    assert call.arguments["name"] in MEMO, "the graph is asked by the name itself"
    assert call.found > 0
    assert leaks(model) == []
    assert answer.answer == "Ottilie Vandermark leads the crisis team [1]."


@pytest.mark.parametrize("piece", [1, 3, 7, 50])
def test_a_streamed_name_comes_back_whole(store: EmbeddedStore, ontology: Ontology, model: StandIn, piece: int) -> None:
    heard: list[str] = []

    def script(request: dict[str, Any]) -> Reply:
        mark = mark_of(request, " leads the crisis team")
        text = f"{mark} leads the crisis team [1]. {mark} leads the crisis team [1]. It meets every Monday [1]."
        return Reply(text, piece=piece, chunk_delay=0.01)

    model.script = script
    answer = ask(QUESTION, store, replace(options(store, ontology, model), observer=Observer(text=heard.append)))
    assert answer.answer.startswith("Ottilie Vandermark leads the crisis team [1]. Ottilie")
    assert answer.answer.startswith("".join(heard).strip())
    assert "PERSON" not in "".join(heard)


def test_each_form_of_a_name_comes_back_as_it_was(store: EmbeddedStore, ontology: Ontology) -> None:
    redaction = NameRedactor(store, ontology, lambda text: [])("Who is Ottilie Vandermark?")
    text = "Ottilie Vandermark, O. VANDERMARK and Vandermark’s deputy; ottilie.vandermark@nordwind.example, 10.2.3.4."
    hidden = redaction.hide(text, [])
    assert hidden == "[PERSON 1], [PERSON 1b] and [PERSON 1c]’s deputy; [EMAIL 1], [IP 1]."
    assert redaction.show(hidden) == text
    assert redaction.show(hidden.lower()) == text.replace(" and ", " and ")
    assert redaction.hide(text, []) == hidden, "the same placeholders in the whole call"


def test_what_only_looks_like_a_placeholder_stays_what_it_is(store: EmbeddedStore, ontology: Ontology) -> None:
    redaction = NameRedactor(store, ontology, lambda text: [])("Who is Ottilie Vandermark?")
    text = "As [PERSON 1] says, [Person 9b] is not Ottilie Vandermark."
    hidden = redaction.hide(text, [])
    assert "Ottilie" not in hidden
    assert redaction.show(hidden) == text
    assert redaction.show("[PERSON 77] and [EMAIL 3]") == "[PERSON 77] and [EMAIL 3]"


def test_pieces_are_passed_on_as_soon_as_no_mark_can_be_in_them(store: EmbeddedStore, ontology: Ontology) -> None:
    redaction = NameRedactor(store, ontology, lambda text: [])("Who is Ottilie Vandermark?")
    redaction.hide("Ottilie Vandermark", [])
    heard: list[str] = []
    unveiling = Unveiling(redaction, heard.append)
    for piece in ("It is [PER", "SON", " 1] who", " leads [1", "]. [an unclosed bracket that is far too long"):
        unveiling.hear(piece)
    unveiling.end()
    assert heard[0] == "It is "
    assert "".join(heard) == "It is Ottilie Vandermark who leads [1]. [an unclosed bracket that is far too long"


def test_a_redaction_that_fails_lets_nothing_out(store: EmbeddedStore, ontology: Ontology, model: StandIn) -> None:
    def broken(question: str) -> Any:
        raise RuntimeError("no")

    answer = ask(QUESTION, store, replace(options(store, ontology, model), redact=broken))
    assert answer.status == "answered"
    assert answer.trace.route.tier == "none"
    assert model.requests == []


def test_who_is_typed_wrongly_is_hidden_all_the_same(ontology: Ontology, model: StandIn, tmp_path: Path) -> None:
    """The extractor takes this name for an organisation."""
    memo = "# Quorum\n\nThessaly Quorndale owns Sirius. Sirius is hosted by Sund Data AB.\n"
    other = EmbeddedStore(tmp_path / "graph")
    ingest(
        other,
        [Source("file:///q.md", "q.md", data=memo.encode())],
        IngestOptions(),
        IngestReport(),
        lambda done, total, name: None,
    )
    model.script = lambda request: f"{mark_of(request, ' owns Sirius')} owns Sirius [1]."
    answer = ask("Who owns Sirius?", other, options(other, ontology, model))
    assert answer.answer == "Thessaly Quorndale owns Sirius [1]."
    assert not [part for part in ("thessaly", "quorndale") if part in sent(model)]
    assert "sund data ab" in sent(model), "whose type is sure"
    other.close()


def test_a_drafted_query_has_its_names_again(store: EmbeddedStore, ontology: Ontology, model: StandIn) -> None:
    model.script = lambda request: (
        "All that is known.\n```cypher\nMATCH (e:Entity {name: '[PERSON 1]'}) RETURN e.name\n```"
    )
    redactor = NameRedactor(store, ontology, lambda text: [])
    drafted = draft_cypher("What is known of Casimir Brolly?", store, ontology, [spec(model)], redactor)
    assert "'Casimir Brolly'" in drafted.cypher
    assert leaks(model) == []
