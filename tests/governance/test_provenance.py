"""governance.provenance: the proof of every sample answer is whole, is read back the same, and hides what it must."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from governed import NOTES, QUESTIONS, add, served
from rdflib import DCTERMS, PROV, RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import SH
from rdflib.term import Node

from api.asking import Manner
from api.service import Service
from governance.answers import NoSuchAnswer
from governance.provenance.build import build
from governance.provenance.names import EV, OA, SPDX, iri
from governance.provenance.proof import SHAPES, NotWhole, check_whole, written
from governance.provenance.sources import Sources

Triple = tuple[Node, Node, Node]


@pytest.fixture(scope="module")
def proofs(sample: Service, sample_answers: list[str]) -> list[Graph]:
    return [proof_of(sample, identity) for identity in sample_answers]


def proof_of(service: Service, identity: str) -> Graph:
    stored = service.kept.read(identity, None, None)
    return build(stored, {citation.document.id for citation in stored.answer.citations}, whole=True)


def test_every_sample_answer_has_a_whole_proof(sample: Service, sample_answers: list[str], proofs: list[Graph]) -> None:
    with_facts = 0
    for proof in proofs:
        check_whole(proof)
        with_facts += (None, RDF.type, EV.Fact) in proof
    assert with_facts >= 30
    assert "prov:wasGeneratedBy" in sample.kept.proof(sample_answers[0], None, None, "turtle")


def test_what_is_written_is_read_back_the_same(proofs: list[Graph]) -> None:
    for number, proof in enumerate(proofs):
        assert isomorphic(Graph().parse(data=written(proof, "turtle"), format="turtle"), proof)
        if number % 4 == 0:  # slower
            assert isomorphic(Graph().parse(data=written(proof, "json-ld"), format="json-ld"), proof)


def test_quotes_and_hashes_are_those_of_the_documents(
    sample: Service, sample_answers: list[str], proofs: list[Graph]
) -> None:
    documents = {row["id"]: row for row in sample.documents()}
    texts = {
        identity: sample.store.run("document_text", document_id=identity, groups=None).rows[0]["text"]
        for identity in documents
    }
    quoted = 0
    for proof in proofs:
        for quotation in proof.subjects(RDF.type, EV.Quotation):
            source = proof.value(quotation, OA.hasSource)
            document = str(proof.value(source, PROV.specializationOf)).rpartition(":")[2]
            held = {
                kind: node
                for node in proof.objects(quotation, OA.hasSelector)
                for kind in proof.objects(node, RDF.type)
            }
            position, quote = held[OA.TextPositionSelector], held[OA.TextQuoteSelector]
            start, end = (int(str(proof.value(position, edge))) for edge in (OA.start, OA.end))
            assert texts[document][start:end] == str(proof.value(quote, OA.exact))
            checksum = proof.value(source, SPDX.checksum)
            assert str(proof.value(checksum, SPDX.checksumValue)) == documents[document]["sha256"]
            quoted += 1
    assert quoted > 100


def test_it_tells_queries_runs_and_versions(sample: Service, sample_answers: list[str], proofs: list[Graph]) -> None:
    for identity, proof in zip(sample_answers, proofs, strict=True):
        answer = sample.kept.read(identity, None, None).answer
        asking = iri("ask", identity)
        queries = [node for node in proof.objects(asking, PROV.used) if (node, RDF.type, EV.Query) in proof]
        assert len(queries) == len(answer.trace.queries)
        assert {str(proof.value(node, EV.cypher)) for node in queries} == {item.cypher for item in answer.trace.queries}
        told = {
            str(version)
            for agent in proof.objects(asking, PROV.wasAssociatedWith)
            for version in proof.objects(agent, DCTERMS.hasVersion)
        }
        versions = answer.trace.versions.model_dump(exclude={"corpus"})
        assert told == {version for version in versions.values() if version != "none"}
        for fact in answer.facts:
            [run, *_] = proof.objects(iri("fact", fact.id), PROV.wasGeneratedBy)
            assert (run, RDF.type, EV.Extraction) in proof


def required() -> Iterator[tuple[URIRef, URIRef, bool]]:
    """Each required property of the shapes: the class it is of, its predicate, whether it leads to the node."""
    shapes = Graph().parse(SHAPES, format="turtle")
    found = set()
    for shape, kind in shapes.subject_objects(SH.targetClass):
        for rule in shapes.objects(shape, SH.property):
            counts = [
                int(str(count))
                for least in (SH.minCount, SH.qualifiedMinCount)
                for count in shapes.objects(rule, least)
            ]
            path = shapes.value(rule, SH.path)
            inverse = shapes.value(path, SH.inversePath)
            if any(counts):
                found.add((kind, inverse or path, inverse is not None))
    yield from sorted(found, key=str)  # type: ignore[misc]


REQUIRED = list(required())


@pytest.fixture(scope="module")
def rich(proofs: list[Graph]) -> Graph:
    """A proof in which every class of the shapes occurs."""
    kinds = {kind for kind, _, _ in REQUIRED}
    return min((proof for proof in proofs if kinds <= set(proof.objects(None, RDF.type))), key=len)


@pytest.mark.parametrize(("kind", "predicate", "leads_to"), REQUIRED, ids=str)
def test_a_missing_link_is_refused(rich: Graph, kind: URIRef, predicate: URIRef, leads_to: bool) -> None:
    """The triples of a required link are taken from one node."""
    node = sorted(rich.subjects(RDF.type, kind))[0]
    pattern = (None, predicate, node) if leads_to else (node, predicate, None)
    taken: list[Triple] = sorted(rich.triples(pattern), key=str)  # type: ignore[arg-type]
    assert taken
    mutated = copy_of(rich)
    for triple in taken:
        mutated.remove(triple)
    with pytest.raises(NotWhole, match="is not whole"):
        check_whole(mutated)


def test_a_missing_type_is_refused(rich: Graph) -> None:
    for kind in sorted({kind for kind, _, _ in REQUIRED} - {OA.SpecificResource}):
        mutated = copy_of(rich)
        mutated.remove((sorted(rich.subjects(RDF.type, kind))[0], RDF.type, kind))
        assert not is_whole(mutated), kind


def test_a_wrong_value_is_refused(rich: Graph) -> None:
    position = sorted(rich.subjects(RDF.type, OA.TextPositionSelector))[0]
    for node, predicate, value in (
        (sorted(rich.subjects(RDF.type, SPDX.Checksum))[0], SPDX.checksumValue, Literal("0123")),
        (position, OA.end, rich.value(position, OA.start)),
        (sorted(rich.subjects(RDF.type, EV.Answer))[0], EV.status, Literal("guessed")),
    ):
        mutated = copy_of(rich)
        mutated.set((node, predicate, value))  # type: ignore[arg-type]
        with pytest.raises(NotWhole):
            check_whole(mutated)
    with pytest.raises(NotWhole, match="it has no answer"):
        check_whole(Graph())


def test_what_is_not_whole_is_not_written(sample: Service, sample_answers: list[str]) -> None:
    """An answer whose sources were lost, as after a document changed in the middle of asking."""
    number = next(n for n, item in enumerate(QUESTIONS) if item.answerable)
    answer = sample.ask(QUESTIONS[number].question, keep=False)
    stored = sample.kept.read(sample_answers[number], None, None)
    sample.operations.answers.put(answer, stored.asked, Sources())
    with pytest.raises(NotWhole) as told:
        sample.kept.proof(answer.id, None, None, "turtle")
    assert "\n" not in str(told.value)


def test_evidence_that_the_reader_may_no_longer_see_is_not_in_it(tmp_path: Path) -> None:
    with served(tmp_path, f"sqlite:///{tmp_path / 'o.db'}") as service:
        add(service, "atlas.md", NOTES["atlas.md"], ["legal"])
        mine = service.ask("Who owns Atlas?", ["everyone", "legal"], manner=Manner("maria"))
        assert "Maria Lind owns Atlas" in service.kept.proof(mine.id, "maria", ["everyone", "legal"], "turtle")
        with pytest.raises(NoSuchAnswer):
            service.kept.proof(mine.id, "omar", ["everyone"], "turtle")
        left = service.kept.proof(mine.id, "maria", ["everyone"], "turtle")
        assert "Maria Lind" not in left
        assert "Who owns Atlas?" in left
        assert "MATCH" not in left
        assert "withheld" in left


def is_whole(graph: Graph) -> bool:
    try:
        check_whole(graph)
    except NotWhole:
        return False
    return True


def copy_of(graph: Graph) -> Graph:
    copied = Graph()
    for triple in graph:
        copied.add(triple)
    return copied
