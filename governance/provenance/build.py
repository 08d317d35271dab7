"""The provenance of one answer as W3C PROV-O (https://www.w3.org/TR/prov-o/).

Offsets and quotes are Web Annotation selectors (https://www.w3.org/TR/annotation-model/), hashes are SPDX checksums.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from json import dumps

from rdflib import DCTERMS, FOAF, PROV, RDF, RDFS, XSD, Graph, Literal, URIRef

from governance.answers import StoredAnswer
from governance.provenance.names import EV, OA, SPDX, iri, new_graph
from governance.provenance.sources import SourceDocument, SourceFact, SourceRun
from qa.answer import AnswerFact

#: What the versions of an answer are called, as software agents.
_AGENTS = (
    ("code", "the code that answered"),
    ("model", "the models that read and wrote"),
    ("models", "the file of models"),
    ("prompt", "the prompt"),
    ("ontology", "the ontology"),
    ("policy", "the routing policy"),
    ("ranking", "the ranking weights"),
    ("support", "the weights of support"),
    ("verification", "the weights of verification"),
)


def build(stored: StoredAnswer, visible: Collection[str], whole: bool) -> Graph:
    """All that an answer rests on, of the documents `visible` by id; what it hides of others it says.

    `whole`: the reader sees all that the one who asked saw; else the queries are left out, since their parameters may
    name what the reader may not know of.
    """
    return _Builder(stored, frozenset(visible), whole).build()


@dataclass(slots=True)
class _Builder:
    stored: StoredAnswer
    visible: frozenset[str]
    whole: bool
    graph: Graph = field(default_factory=new_graph)

    def build(self) -> Graph:
        stored = self.stored
        documents = {item.id: item for item in stored.sources.documents if item.id in self.visible}
        for document in documents.values():
            self._document(document)
        answer, asking = iri("answer", stored.id), iri("ask", stored.id)
        self._answer(answer, asking)
        self._asking(answer, asking)
        for citation in stored.answer.citations:
            if citation.document.id in documents:
                document = documents[citation.document.id]
                quotation = self._quotation(citation.passage_id, document, citation.start, citation.end, citation.quote)
                self._add(answer, PROV.wasDerivedFrom, quotation)
        runs = {run.id: run for run in stored.sources.runs}
        facts = {fact.id: fact for fact in stored.sources.facts}
        for said in stored.answer.facts:
            found = facts.get(said.id)
            if found and any(item.document_id in documents for item in found.evidence):
                self._add(answer, PROV.wasDerivedFrom, self._fact(said, found, documents, runs))
        return self.graph

    def _answer(self, answer: URIRef, asking: URIRef) -> None:
        given = self.stored.answer
        self._type(answer, PROV.Entity, EV.Answer)
        self._add(answer, PROV.wasGeneratedBy, asking)
        self._add(answer, PROV.wasAttributedTo, self._user())
        self._add(answer, PROV.generatedAtTime, _time(self.stored.at))
        self._add(answer, EV.status, Literal(given.status))
        self._add(answer, EV.confidence, _number(given.confidence))
        self._add(answer, EV.groundedness, _number(given.groundedness))
        hidden = {citation.document.id for citation in given.citations} - self.visible
        if hidden:  # the text quotes them
            self._add(answer, EV.withheld, Literal("the text, since it quotes a document that the reader may not see"))
        else:
            self._add(answer, PROV.value, Literal(given.answer))

    def _asking(self, answer: URIRef, asking: URIRef) -> None:
        stored = self.stored
        self._type(asking, PROV.Activity, EV.Ask)
        self._add(asking, PROV.startedAtTime, _time(stored.asked.asked_at))
        self._add(asking, PROV.endedAtTime, _time(stored.at))
        question = iri("question", stored.id)
        self._type(question, PROV.Entity, EV.Question)
        self._add(question, PROV.value, Literal(stored.asked.question))
        self._add(asking, PROV.used, question)
        if stored.asked.as_of:
            self._add(asking, EV.asOf, Literal(stored.asked.as_of, datatype=XSD.date))
        route = stored.answer.trace.route
        self._add(asking, EV.tier, Literal(route.tier))
        self._add(asking, EV.routedBecause, Literal(route.reason))
        user = self._user()
        self._add(asking, PROV.wasAssociatedWith, user)
        for kind, label in _AGENTS:
            version = stored.versions.get(kind, "")
            if version and version != "none":
                agent = self._agent(kind, version, label)
                self._add(asking, PROV.wasAssociatedWith, agent)
                self._add(agent, PROV.actedOnBehalfOf, user)
        corpus = iri("corpus", stored.versions.get("corpus", ""))
        self._type(corpus, PROV.Entity, EV.Corpus)
        self._add(corpus, DCTERMS.hasVersion, Literal(stored.versions.get("corpus", "")))
        self._add(asking, PROV.used, corpus)
        self._queries(asking)

    def _queries(self, asking: URIRef) -> None:
        if not self.whole:
            self._add(
                asking, EV.withheld, Literal("the queries, since they were run with access that the reader lacks")
            )
            return
        for number, query in enumerate(self.stored.answer.trace.queries, start=1):
            node = iri("query", self.stored.id, str(number))
            self._type(node, PROV.Entity, EV.Query)
            self._add(node, EV.number, Literal(number))
            self._add(node, DCTERMS.title, Literal(query.name))
            self._add(node, EV.cypher, Literal(query.cypher))
            self._add(node, EV.parameters, Literal(dumps(query.parameters, ensure_ascii=False, sort_keys=True)))
            self._add(node, EV.rows, Literal(query.rows))
            self._add(asking, PROV.used, node)

    def _document(self, document: SourceDocument) -> None:
        node = _document_iri(document)
        self._type(node, PROV.Entity, EV.DocumentVersion)
        self._add(node, PROV.specializationOf, iri("document", document.id))
        self._add(node, DCTERMS.title, Literal(document.title))
        self._add(node, DCTERMS.source, Literal(document.uri))
        self._add(node, DCTERMS.hasVersion, Literal(document.version))
        self._add(node, DCTERMS["format"], Literal(document.media_type))
        checksum = URIRef(f"{node}#sha256")
        self._type(checksum, SPDX.Checksum)
        self._add(checksum, SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
        self._add(checksum, SPDX.checksumValue, Literal(document.sha256))
        self._add(node, SPDX.checksum, checksum)

    def _quotation(self, passage_id: str, document: SourceDocument, start: int, end: int, quote: str) -> URIRef:
        """A span of a document; `start` and `end` count characters (code points) of its extracted text."""
        node = iri("quotation", document.id, str(document.version), passage_id, f"{start}-{end}")
        source = _document_iri(document)
        self._type(node, PROV.Entity, OA.SpecificResource, EV.Quotation)
        self._add(node, PROV.wasQuotedFrom, source)
        self._add(node, OA.hasSource, source)
        self._add(node, DCTERMS.isPartOf, iri("passage", passage_id))
        position, text = URIRef(f"{node}#position"), URIRef(f"{node}#quote")
        self._type(position, OA.TextPositionSelector)
        self._add(position, OA.start, _count(start))
        self._add(position, OA.end, _count(end))
        self._type(text, OA.TextQuoteSelector)
        self._add(text, OA.exact, Literal(quote))
        self._add(node, OA.hasSelector, position)
        self._add(node, OA.hasSelector, text)
        return node

    def _fact(
        self, said: AnswerFact, found: SourceFact, documents: dict[str, SourceDocument], runs: dict[str, SourceRun]
    ) -> URIRef:
        node = iri("fact", said.id)
        self._type(node, PROV.Entity, EV.Fact)
        denied = "not " if said.negated else ""
        self._add(node, RDFS.label, Literal(f"{said.subject} {denied}{said.predicate} {said.object}"))
        self._add(node, EV.subject, Literal(said.subject))
        self._add(node, EV.predicate, Literal(said.predicate))
        self._add(node, EV.object, Literal(said.object))
        self._add(node, EV.confidence, _number(said.confidence))
        self._add(node, EV.negated, Literal(said.negated))
        self._add(node, EV.hedged, Literal(said.hedged))
        words = {"deadline": said.deadline, "due": said.due, "exception": said.exception}
        for name, text in words.items():
            if text:
                self._add(node, EV[name], Literal(text))
        for name, day in (("validFrom", said.valid_from), ("validTo", said.valid_to)):
            if day:
                self._add(node, EV[name], Literal(day, datatype=XSD.date))
        for item in found.evidence:
            if item.document_id in documents:
                document = documents[item.document_id]
                quotation = self._quotation(item.passage_id, document, item.start, item.end, item.quote)
                self._add(node, PROV.wasDerivedFrom, quotation)
        for identity in found.runs:
            self._add(node, PROV.wasGeneratedBy, self._run(runs[identity]))
        return node

    def _run(self, run: SourceRun) -> URIRef:
        node = iri("run", run.id)
        self._type(node, PROV.Activity, EV.Extraction)
        self._add(node, PROV.startedAtTime, _time(run.started_at))
        agents = (
            ("extractor", run.extractor, "the extractor"),
            ("extraction-model", run.model_version, "the models that extracted"),
            ("ontology", run.ontology_version, "the ontology"),
        )
        for kind, version, label in agents:
            self._add(node, PROV.wasAssociatedWith, self._agent(kind, version, label))
        return node

    def _agent(self, kind: str, version: str, label: str) -> URIRef:
        node = iri("agent", kind, version)
        self._type(node, PROV.SoftwareAgent)
        self._add(node, EV.kind, Literal(kind))
        self._add(node, RDFS.label, Literal(label))
        self._add(node, DCTERMS.hasVersion, Literal(version))
        return node

    def _user(self) -> URIRef:
        name = self.stored.asked.user
        node = iri("user", name)
        self._type(node, PROV.Person)
        self._add(node, FOAF.name, Literal(name))
        return node

    def _type(self, node: URIRef, *kinds: URIRef) -> None:
        for kind in kinds:
            self._add(node, RDF.type, kind)

    def _add(self, subject: URIRef, predicate: URIRef, object_: URIRef | Literal) -> None:
        self.graph.add((subject, predicate, object_))


def _document_iri(document: SourceDocument) -> URIRef:
    return iri("document", document.id, str(document.version))


def _time(text: str) -> Literal:
    return Literal(datetime.fromisoformat(text).isoformat(), datatype=XSD.dateTime)


def _number(value: float) -> Literal:
    """As a decimal: rdflib writes a double in Turtle with seven digits only."""
    return Literal(f"{Decimal(repr(value)):f}", datatype=XSD.decimal)


def _count(value: int) -> Literal:
    return Literal(value, datatype=XSD.nonNegativeInteger)
