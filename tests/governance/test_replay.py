"""Replays: the same on the versions that an answer had, and what makes a difference is named."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from governed import EXAMPLES, NOTES, add, served
from openai_stand_in import prompt_text, stand_in

from api.asking import Manner
from api.service import Service
from governance.answers import AnswerWithdrawn, NoSuchAnswer
from governance.versions.compare import Replayed
from kg.ontology import DEFAULT_ONTOLOGY
from qa.generate import SHIPPED_PROMPT
from qa.routing.policy import SHIPPED

OWNER = "Who owns Atlas?"


@pytest.fixture
def service(notes_folder: Path, tmp_path: Path) -> Iterator[Service]:
    """On a copy of the notes."""
    shutil.copytree(notes_folder / "graph", tmp_path / "graph")
    with served(tmp_path, f"sqlite:///{tmp_path / 'o.db'}") as opened:
        yield opened


def replayed(service: Service, identity: str) -> Replayed:
    return service.replaying.replay(identity, None, None)


def test_a_hundred_answers_come_out_the_same(sample: Service, sample_answers: list[str]) -> None:
    assert len(sample_answers) >= 100
    for identity in sample_answers:
        found = replayed(sample, identity)
        assert (found.differs, found.differs_now, found.causes, found.changes) == ((), (), (), ()), found.question
        assert found.deterministic
        assert found.verdict == "The same."


def test_nothing_is_kept_or_activated_by_it(service: Service, tmp_path: Path) -> None:
    answer = service.ask(OWNER)
    activate(service, "policy", changed_policy(tmp_path))
    before = service.operations.releases.history(), service.kept.last(None, None, 100)
    replayed(service, answer.id)
    assert (service.operations.releases.history(), service.kept.last(None, None, 100)) == before


def test_an_ontology_with_another_label(service: Service, tmp_path: Path) -> None:
    answer = service.ask(OWNER)
    activate(service, "ontology", changed_ontology(tmp_path))
    found = replayed(service, answer.id)
    assert found.differs == ()
    assert "text" in found.differs_now
    assert "has the care of" in found.answer.answer
    assert found.causes == ("ontology",)
    assert found.verdict.startswith("The same on the versions that it had; on those of now it differs in")
    assert found.verdict.endswith("What makes the difference: ontology.")
    service.versioning.rollback()
    assert replayed(service, answer.id).verdict == "The same."


def test_after_a_rollback_an_answer_of_the_time_between(service: Service, tmp_path: Path) -> None:
    activate(service, "ontology", changed_ontology(tmp_path))
    between = service.ask(OWNER)
    assert "has the care of" in between.answer
    service.versioning.rollback()
    found = replayed(service, between.id)
    assert (found.differs, found.causes) == ((), ("ontology",))
    assert "owns" in found.answer.answer
    [change] = found.changes
    assert (change.kind, change.tried, change.matters) == ("ontology", True, True)
    assert change.recorded == between.trace.versions.ontology


def test_a_policy_that_decides_by_another_rule(service: Service, tmp_path: Path) -> None:
    answer = service.ask(OWNER, tier="none")
    activate(service, "policy", changed_policy(tmp_path))
    found = replayed(service, answer.id)
    assert (found.differs, found.differs_now, found.causes) == ((), ("route",), ("policy",))


def test_of_two_changes_the_one_that_matters(service: Service, tmp_path: Path) -> None:
    """A policy of another version but the same rules makes no difference, an ontology does."""
    answer = service.ask(OWNER)
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(SHIPPED.read_text() + "\n# Nothing else.\n")
    activate(service, "policy", renamed)
    activate(service, "ontology", changed_ontology(tmp_path))
    found = replayed(service, answer.id)
    assert found.causes == ("ontology",)
    assert {change.kind: change.matters for change in found.changes} == {"ontology": True, "policy": False}


def test_a_changed_document(service: Service) -> None:
    owner, other = service.ask(OWNER), service.ask("Who owns Bora?")
    add(service, "atlas.md", NOTES["atlas.md"].replace("Maria Lind owns", "Nora Berg owns"))
    found = replayed(service, owner.id)
    assert {"text", "citations", "facts"} <= set(found.differs)
    assert found.causes == ("corpus",)
    assert found.verdict.endswith("What makes the difference: corpus.")
    assert "Nora Berg" in found.answer.answer
    # The corpus is another one for this answer, too, but it rests on what stayed.
    untouched = replayed(service, other.id)
    assert (untouched.differs, untouched.causes) == ((), ())
    assert [(change.kind, change.matters) for change in untouched.changes] == [("corpus", False)]


def test_a_document_and_an_ontology(service: Service, tmp_path: Path) -> None:
    answer = service.ask(OWNER)
    activate(service, "ontology", changed_ontology(tmp_path))
    add(service, "atlas.md", NOTES["atlas.md"].replace("Maria Lind owns", "Nora Berg owns"))
    assert set(replayed(service, answer.id).causes) == {"corpus", "ontology"}


def test_with_less_access_it_is_asked_with_what_is_left(tmp_path: Path) -> None:
    with served(tmp_path, f"sqlite:///{tmp_path / 'o.db'}") as service:
        add(service, "atlas.md", NOTES["atlas.md"], ["legal"])
        add(service, "bora.md", NOTES["bora.md"])
        mine = service.ask(OWNER, ["everyone", "legal"], manner=Manner("maria"))
        assert mine.status == "answered"
        found = service.replaying.replay(mine.id, "maria", ["everyone"])
        assert "access" in found.causes
        assert "Maria Lind" not in found.answer.model_dump_json()
        assert service.replaying.replay(mine.id, "maria", ["everyone", "legal"]).verdict == "The same."
        with pytest.raises(NoSuchAnswer):
            service.replaying.replay(mine.id, "omar", ["everyone"])


def test_a_model_wrote_it_by_another_prompt(
    notes_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    shutil.copytree(notes_folder / "graph", tmp_path / "graph")
    prompt = tmp_path / "brief.txt"
    prompt.write_text(SHIPPED_PROMPT.read_text() + "\nTell the system first.\n")
    one, other = "Maria Lind owns Atlas [1].", "Atlas is owned by Maria Lind [1]."
    with (
        stand_in() as server,
        served(tmp_path, f"sqlite:///{tmp_path / 'o.db'}", openai_base_url=server.url) as service,
    ):
        server.script = lambda request: other if "system first" in prompt_text(request) else one
        answer = service.ask(OWNER, tier="large")
        assert answer.answer == one
        activate(service, "prompt", prompt)
        found = replayed(service, answer.id)
        assert (found.differs, found.differs_now, found.causes) == ((), ("text",), ("prompt",))
        assert not found.deterministic
        assert found.verdict.endswith("A model wrote it, and models do not always write the same.")
        server.script = lambda request: "Maria Lind is the owner of Atlas [1]."
        again = replayed(service, answer.id)
        assert (again.differs, again.causes) == (("text",), ())


def test_an_answer_that_was_withdrawn(service: Service) -> None:
    answer = service.ask(OWNER)
    service.remove(service.find_document("atlas.md"))
    with pytest.raises(AnswerWithdrawn):
        replayed(service, answer.id)


def test_evaluation_keeps_no_answers(service: Service, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text((EXAMPLES / "questions.jsonl").read_text().splitlines()[0] + "\n")
    service.evaluate(questions, "none", lambda done, total: None)
    assert service.kept.last(None, None, 10) == []


def activate(service: Service, kind: str, file: Path) -> None:
    service.versioning.activate(service.versioning.add(kind, file).digest)


def changed_ontology(folder: Path) -> Path:
    file = folder / "words.ttl"
    file.write_text(DEFAULT_ONTOLOGY.read_text().replace('rdfs:label "owns"', 'rdfs:label "has the care of"'))
    return file


def changed_policy(folder: Path) -> Path:
    file = folder / "strict.toml"
    file.write_text(SHIPPED.read_text().replace("the caller wants no model", "no model, says the caller"))
    return file
