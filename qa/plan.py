"""Question and links to a plan: which catalogue queries to run with which predicates. By rule, never by chance."""

from dataclasses import dataclass

from kg.ontology import Ontology
from kg.terms import terms
from qa.link import Link
from qa.question import Question

OBLIGATIONS = ("MAY", "MUST", "MUST_NOT")


@dataclass(frozen=True, slots=True)
class Plan:
    """`kind` names the shape of retrieval: path, joined (lists and counts), facts or passages."""

    kind: str
    links: tuple[Link, ...]
    predicates: tuple[str, ...]

    @property
    def entity_ids(self) -> list[str]:
        """Ids of all linked entities, sorted."""
        return sorted({identity for link in self.links for identity in link.ids})


def make_plan(question: Question, links: list[Link], ontology: Ontology) -> Plan:
    """The plan for a question; the same question, links and ontology always give the same plan."""
    predicates = _predicates(question, links, ontology)
    if question.kind == "path" and len(links) >= 2:
        kind = "path"
    elif question.kind in ("count", "list") and links and (question.target_type or predicates):
        kind = "joined"
    elif links:
        kind = "facts"
    else:
        kind = "passages"
    return Plan(kind, tuple(links), predicates)


def _predicates(question: Question, links: list[Link], ontology: Ontology) -> tuple[str, ...]:
    """Predicates that the question's words name, the words of the linked names left out."""
    named = {position for link in links for position in range(link.start, link.end)}
    rest = " ".join(word for position, word in enumerate(question.words) if position not in named)
    asked = terms(rest)
    found = {
        predicate.name
        for predicate in ontology.predicates.values()
        for label in predicate.labels
        if _contains(asked, terms(label))
    }
    if question.kind == "definition":
        found.add("DEFINED_AS")
    if found & set(OBLIGATIONS):  # "may we" is answered by what we must not, too
        found.update(OBLIGATIONS)
    return tuple(sorted(found))


def _contains(asked: list[str], wanted: list[str]) -> bool:
    return bool(wanted) and any(asked[i : i + len(wanted)] == wanted for i in range(len(asked) - len(wanted) + 1))
