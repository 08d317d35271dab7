"""Retrieval as LangChain tools, for a large model that wants more evidence: with the caller's access, in the trace."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from kg.ontology import Ontology
from kg.store import Row
from qa.answer import Citation, CitedDocument, ToolCall
from qa.context import as_line
from qa.link import link
from qa.models.spec import ModelSpec
from qa.question import understand
from qa.recorder import Recorder
from qa.retrieve import find_paths, quotes_of_facts
from qa.sensitivity import restricted_documents
from qa.sentences import sentence_spans

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

#: Calls that one answer may make, whatever the model asks for.
MOST_CALLS = 6
_PASSAGES, _FACTS, _CHARACTERS, _ASKED = 5, 12, 800, 300
_NOTHING = "Nothing was found."


@dataclass(slots=True)
class Toolbox:
    """What a model may look up for one question; what it finds joins `evidence`, under the next numbers.

    `calls` are for the trace. Whatever a model may not see is left out of what it is told.
    """

    recorder: Recorder
    ontology: Ontology
    evidence: list[Citation]
    calls: list[ToolCall] = field(default_factory=list)

    @property
    def schemas(self) -> "list[BaseTool]":
        """The tools, for `bind_tools`."""
        from langchain_core.tools import StructuredTool

        return [StructuredTool.from_function(function, name=name) for name, function in self._functions().items()]

    def run(self, name: str, arguments: dict[str, Any], spec: ModelSpec) -> str:
        """What a tool finds, as numbered evidence. A wrong call is told, not raised."""
        function = self._functions().get(name)
        if len(self.calls) >= MOST_CALLS:
            return "No more look-ups; answer from the evidence."
        if function is None:
            self.calls.append(ToolCall(name=name[:_ASKED], arguments={}, found=0))
            return f"There is no tool of that name; there are {', '.join(self._functions())}."
        given = {key: str(value)[:_ASKED] for key, value in arguments.items()}
        try:
            found: list[Citation] = function(**given)
        except TypeError:
            self.calls.append(ToolCall(name=name, arguments=given, found=0))
            return "The arguments are not those of the tool."
        restricted = restricted_documents(found, self.recorder)
        allowed = [item for item in found if spec.may_see("restricted" if item.document.id in restricted else "open")]
        numbered = [self._number(item) for item in allowed]
        self.calls.append(ToolCall(name=name, arguments=given, found=len(numbered)))
        return "\n".join(as_line(item) for item in numbered) or _NOTHING

    def _number(self, item: Citation) -> Citation:
        place = (item.passage_id, item.start, item.end)
        for held in self.evidence:
            if (held.passage_id, held.start, held.end) == place:
                return held
        self.evidence.append(item.model_copy(update={"n": len(self.evidence) + 1}))
        return self.evidence[-1]

    def _functions(self) -> dict[str, Callable[..., list[Citation]]]:
        return {"search": self.search, "facts_about": self.facts_about, "path_between": self.path_between}

    def search(self, query: Annotated[str, "words to look for"]) -> list[Citation]:
        """Find passages of the documents by words and meaning."""
        from qa.ranking.rank import rank_passages

        question = understand(query, self.ontology)
        if not question.terms:
            return []
        rows = rank_passages(question, link(question, self.recorder, self.ontology), self.recorder, _PASSAGES)
        return [_beginning(row) for row in rows]

    def facts_about(
        self, name: Annotated[str, "the name of a person, system, document or other thing"]
    ) -> list[Citation]:
        """Find what the documents state of a named thing."""
        ids = self._entities(name)
        rows = self.recorder.run("facts_of_entities", entity_ids=ids, limit=_FACTS) if ids else []
        return self._evidence_of([row["id"] for row in rows])

    def path_between(self, first: Annotated[str, "a name"], second: Annotated[str, "another name"]) -> list[Citation]:
        """Find how two named things are connected, over at most three facts."""
        one, other = self._entities(first), self._entities(second)
        _, rows = find_paths(one, other, self.recorder) if one and other else ([], [])
        return self._evidence_of([row["id"] for row in rows])

    def _entities(self, name: str) -> list[str]:
        return sorted(
            {
                entity
                for item in link(understand(name, self.ontology), self.recorder, self.ontology)
                for entity in item.ids
            }
        )

    def _evidence_of(self, fact_ids: list[str]) -> list[Citation]:
        quotes = quotes_of_facts(fact_ids, self.recorder) if fact_ids else {}
        return [
            Citation(
                n=0,
                document=CitedDocument(id=quote.document_id, title=quote.title, uri=quote.uri, version=quote.version),
                passage_id=quote.passage_id,
                start=quote.start,
                end=quote.end,
                page=quote.page,
                quote=quote.quote,
            )
            for identity in fact_ids
            for quote in quotes.get(identity, [])[:1]
        ]


def _beginning(row: Row) -> Citation:
    """The first sentences of a passage, as one quote."""
    spans = [span for span in sentence_spans(row["text"]) if span[1] <= _CHARACTERS] or [
        (0, min(_CHARACTERS, len(row["text"])))
    ]
    start, end = spans[0][0], spans[-1][1]
    return Citation(
        n=0,
        document=CitedDocument(id=row["document_id"], title=row["title"], uri=row["uri"], version=row["version"]),
        passage_id=row["id"],
        start=row["start"] + start,
        end=row["start"] + end,
        page=row["page"],
        quote=row["text"][start:end],
    )
