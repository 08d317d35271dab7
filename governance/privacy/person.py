"""Who is meant by a name that is to be exported or erased: all their names, and how they are told from others'."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from governance.privacy.forms import Form, Kind, Span, form_of, forms_of, is_email, likely, words_of
from governance.privacy.masking import Masking, masking_of
from kg.embedding import default_embedder
from kg.names import normalise_name
from kg.ontology import Ontology
from kg.resolution.names import may_be_one
from kg.store import GraphStore, Row
from kg.terms import term_text

# What is called by a person's word and is not the person: "Lind Bank" in "Lind".
_BEARING = ("Person", "Organization", "Location")
_SEARCHED = 200


@dataclass(frozen=True)
class Person:
    """A person: all names that are known of them, and `keys` of those that are names in the graph.

    `entity_ids` are the entities that they are. `others` are names of other people or things with a word of theirs; by
    itself such a word is taken for theirs only in documents that name them in full.
    """

    owner: str
    names: tuple[str, ...]
    keys: frozenset[str]
    entity_ids: tuple[str, ...]
    others: tuple[str, ...]
    forms: dict[Form, Kind] = field(repr=False)
    salt: bytes = field(repr=False)

    @cached_property
    def masking(self) -> Masking:
        """Takes the names out of texts."""
        return masking_of(self.forms, self.owner, self.salt)

    def texts(self, texts: Sequence[str], spans: Sequence[Span] = (), named: bool = False) -> list[str]:
        """The texts of one document without the names, each of the same length; see `Masking.texts`."""
        return self.masking.texts(texts, spans, [self.owner] if named else ())

    def mask(self, text: str) -> str:
        """A text without the names, of the same length."""
        return self.masking(text)

    def uri(self, uri: str) -> str:
        """An address without the names."""
        return self.masking.uri(uri)

    def holds(self, text: str) -> bool:
        """Whether a text has one of the names."""
        return self._may_hold(text) and self.masking.holds(text)

    def within(self, mention: str) -> list[Span]:
        """Which words of a mention of the person are of their names."""
        mine = {word for form in self.forms for word in form}
        return [(word.start, word.end) for word in words_of(mention) if word.folded in mine]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words in lower case of which every text has one that has a name: folded, and as they are written."""
        folded = {max(form, key=len) for form, kind in self.forms.items() if kind != "part"}
        written = {max(name.casefold().split(), key=len) for name in self.names if name.strip()}
        return tuple(sorted(folded | written))

    def _may_hold(self, text: str) -> bool:
        plain = likely(text)
        return any(word in plain for word in self.words)


def find_person(
    store: GraphStore,
    ontology: Ontology,
    name: str,
    entity_id: str | None,
    also: Iterable[str],
    owner: str,
    salt: bytes,
) -> Person:
    """The person whom an entity is, or of whom only a name is known; `also` are names and numbers of theirs beside."""
    return _Finder(store, ontology, [name, *also]).find(entity_id, owner, salt)


class _Finder:
    def __init__(self, store: GraphStore, ontology: Ontology, given: Sequence[str]) -> None:
        self._store, self._ontology = store, ontology
        self._names = {item.strip() for item in given if form_of(item)}
        self._keys = {key for key in map(normalise_name, self._names) if key}
        self._ids: set[str] = set()
        self._others: set[str] = set()
        self._bearers: dict[str, list[Row]] = {}

    def find(self, entity_id: str | None, owner: str, salt: bytes) -> Person:
        """The person."""
        if entity_id is not None:
            self._add_entity(entity_id)
        for name in sorted(self._names):
            form = form_of(name)
            if len(form) > 1 and not is_email(name):
                self._add_alike(name, form[-1])
        embedder = default_embedder()
        forms: dict[Form, Kind] = {}
        for name in sorted(self._names, key=lambda item: (-len(form_of(item)), item)):
            found = forms_of([name], self._is_shared, self._is_ambiguous(name), embedder.is_common)
            forms |= {form: kind for form, kind in found.items() if form not in forms or kind == "any"}
        return Person(
            owner,
            tuple(sorted(self._names)),
            frozenset(self._keys),
            tuple(sorted(self._ids)),
            tuple(sorted(self._others)),
            forms,
            salt,
        )

    def _add_entity(self, identity: str) -> None:
        """All names of an entity, and what identifies it, such as an e-mail address."""
        if identity in self._ids:
            return
        self._ids.add(identity)
        rows = self._store.run("name_profiles", entity_ids=[identity], most=1).rows
        aliases = {alias for row in rows for alias in row["aliases"] if alias}
        self._keys |= {row["key"] for row in rows}
        self._names |= {row["name"] for row in rows} | {item for item in aliases if not self._is_other_thing(item)}
        identifying = {name for name, item in self._ontology.predicates.items() if item.inverse_functional}
        for fact in self._store.run("name_facts", entity_ids=[identity]).rows:
            if fact["predicate"] in identifying and fact["subject_id"] == identity and not fact["negated"]:
                self._add_identifier(fact)

    def _add_identifier(self, fact: Row) -> None:
        at = self._store.run("name_facts", entity_ids=[fact["object_id"]]).rows
        owners = {row["subject_id"] for row in at if row["predicate"] == fact["predicate"]}
        rows = self._store.run("name_profiles", entity_ids=[fact["object_id"]], most=1).rows
        if owners == {fact["subject_id"]} and fact["object_id"] not in self._ids:
            self._ids.add(fact["object_id"])
            self._keys |= {row["key"] for row in rows}
            self._names |= {row["name"] for row in rows}

    def _is_other_thing(self, alias: str) -> bool:
        """Whether an alias is also what something else is called, as a role is."""
        rows = self._store.run("entities_by_key", keys=[normalise_name(alias)], groups=None).rows
        return any(row["id"] not in self._ids for row in rows)

    def _add_alike(self, name: str, surname: str) -> None:
        """Names that stand by themselves and can only be this person's: "T. Quorndale", where no other has them."""
        people = [row for row in self._bearing(surname) if self._ontology.is_a(row["type"], "Person")]
        alike = [row for row in people if may_be_one(name, row["name"])]
        for row in alike:
            rivals = [other for other in people if other not in alike and may_be_one(row["name"], other["name"])]
            if not rivals:
                self._names.add(row["name"])
                self._keys.add(row["key"])
                self._add_entity(row["id"])

    def _bearing(self, word: str) -> list[Row]:
        """People, organisations and places that have a word in a name of theirs."""
        if word not in self._bearers:
            found = self._store.search_text("search_entities", term_text(word), _SEARCHED, None, None).rows
            self._bearers[word] = [
                row
                for row in found
                if any(self._ontology.is_a(row["type"], kind) for kind in _BEARING)
                and any(word in form_of(name) for name in (row["name"], *row["aliases"]))
            ]
        return self._bearers[word]

    def _is_shared(self, word: str) -> bool:
        others = [row["name"] for row in self._bearing(word) if row["id"] not in self._ids]
        full = {form_of(name) for name in self._names}
        others = [name for name in others if form_of(name) not in full]
        self._others.update(others)
        return bool(others)

    def _is_ambiguous(self, name: str) -> bool:
        """Whether another person has the same surname and initial."""
        form = form_of(name)
        if len(form) < 2:
            return False
        short = f"{form[0][0].upper()}. {form[-1].title()}"
        return any(
            row["id"] not in self._ids and self._ontology.is_a(row["type"], "Person") and may_be_one(short, row["name"])
            for row in self._bearing(form[-1])
        )
