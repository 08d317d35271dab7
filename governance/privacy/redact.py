"""Keeps personal data from large models: the people whom the graph knows, names that the tagger finds, and numbers."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence

from governance.privacy.detect import People, detect
from governance.privacy.forms import Form, Kind, Matcher, Word, form_of, forms_of, lengths_of, words_of
from governance.privacy.people import may_be_person
from kg.model import VALUE_TYPES
from kg.names import normalise_name
from kg.ontology import Ontology
from kg.store import GraphStore
from qa.redaction import PLACEHOLDER

_LONGEST_NAME = 4
_LITERAL = "TEXT"


class NameRedactor:
    """A `qa.redaction.Redactor` on a graph; `people` tells where a text names people."""

    def __init__(self, store: GraphStore, ontology: Ontology, people: People) -> None:
        self._store, self._ontology, self._people = store, ontology, people

    def __call__(self, question: str) -> "NameRedaction":
        """Begin a call for a question. Raises `StoreError`."""
        return NameRedaction(question, self._store, self._ontology, self._people)


class NameRedaction:
    """The placeholders of one call. Of two forms of one name each has its own, so that each comes back as it was."""

    def __init__(self, question: str, store: GraphStore, ontology: Ontology, people: People) -> None:
        self._store, self._ontology, self._people = store, ontology, people
        self._lock = threading.Lock()
        self._forms: dict[Form, tuple[str, Kind]] = {}
        self._read: set[str] = set()
        self._marks: dict[str, str] = {}
        self._meant: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._owners: dict[str, int] = {}
        self._forms_of_owner: Counter[str] = Counter()
        self._learn(question, self._names_in(question, shortest=1, capital=False))

    def hide(self, text: str, passage_ids: Sequence[str]) -> str:
        """A text with placeholders. Raises `StoreError`; then nothing may go out."""
        with self._lock:
            self._read_passages(passage_ids)
            self._learn("", self._names_in(text, shortest=2, capital=True))
            return self._hidden(text)

    def show(self, text: str) -> str:
        """A text with what its placeholders stand for; one that was never given stays."""
        with self._lock:
            return PLACEHOLDER.sub(lambda match: self._meant.get(_named(match[1], match[2]), match[0]), text)

    def _read_passages(self, passage_ids: Sequence[str]) -> None:
        new = sorted(set(passage_ids) - self._read)
        self._read.update(new)
        if not new:
            return
        titles: set[str] = set()
        for row in self._store.run("names_in_passages", passage_ids=new, value_types=list(VALUE_TYPES)).rows:
            if not (
                self._ontology.is_a(row["type"], "Person")
                or may_be_person(self._ontology, row["written"], row["written_type"], row["type_rank"])
            ):
                continue
            names = [row["name"], row["written"], *row["aliases"]]
            mine = {word for name in names for word in form_of(name)}
            if set(form_of(row["text"])) <= mine:  # not "she" or "the owner"
                names.append(row["text"])
            self._add(row["entity_id"], names)
        for row in self._store.run("passages_by_id", passage_ids=new, groups=None, as_of=None).rows:
            titles.update((row["title"], row["heading"]))
        self._learn("\n".join(sorted(titles)), ())

    def _names_in(self, text: str, shortest: int, capital: bool) -> Iterable[tuple[str, str]]:
        """The people of the graph whose names a text has, by id and name."""
        words = words_of(text)
        runs = {
            text[words[at].start : words[at + length - 1].end]
            for length in range(shortest, _LONGEST_NAME + 1)
            for at in range(len(words) - length + 1)
            if not capital or _is_name(words[at : at + length])
        }
        keys = sorted({key for key in map(normalise_name, runs) if key})
        if not keys:
            return []
        rows = self._store.run("entities_by_key", keys=keys, groups=None).rows
        people = [row for row in rows if self._ontology.is_a(row["type"], "Person")]
        return [(row["id"], name) for row in people for name in (row["name"], *row["aliases"])]

    def _learn(self, text: str, known: Iterable[tuple[str, str]]) -> None:
        for identity, name in known:
            self._add(identity, [name])
        for start, end in self._people(text) if text else ():
            name = text[start:end]
            held = self._forms.get(form_of(name))
            self._add(held[0] if held else normalise_name(name), [name])

    def _add(self, owner: str, names: Iterable[str]) -> None:
        """People's names with all their forms; a part by itself counts where it begins with a capital letter."""
        forms = forms_of(names, lambda word: False, False, lambda word: True)
        for form, kind in forms.items():
            held = self._forms.get(form)
            if held is None or (held[1] != "any" and kind == "any"):
                self._forms[form] = (owner if held is None else held[0], "capital" if kind == "part" else kind)

    def _hidden(self, text: str) -> str:
        found: list[tuple[int, int, str, str]] = [(item.start, item.end, item.kind, "") for item in detect(text)]
        found += [(match.start(), match.end(), _LITERAL, "") for match in PLACEHOLDER.finditer(text)]
        matcher = Matcher(self._forms.get, lengths_of(self._forms))
        found += [(item.start, item.end, "PERSON", item.owner) for item in matcher.find([text])[0]]
        parts, at = [], 0
        for start, end, kind, owner in sorted(found, key=lambda item: (item[0], item[0] - item[1])):
            if start >= at:
                parts += [text[at:start], self._mark(text[start:end], kind, owner)]
                at = end
        return "".join([*parts, text[at:]])

    def _mark(self, said: str, kind: str, owner: str) -> str:
        """The placeholder of what is said: always the same one."""
        if said not in self._marks:
            number = self._owners.get(owner) if owner else None
            if number is None:
                self._numbers[kind] += 1
                number = self._numbers[kind]
                if owner:
                    self._owners[owner] = number
            form = self._forms_of_owner[owner] if owner else 0
            self._forms_of_owner[owner] += 1
            label = f"{number}{_letters(form)}"
            self._marks[said] = f"[{kind} {label}]"
            self._meant[_named(kind, label)] = said
        return self._marks[said]


def _named(kind: str, label: str) -> str:
    return f"{kind.upper()} {label.lower()}"


def _letters(form: int) -> str:
    """Nothing for the first form of a name, then b, c, ... z, bb, ..."""
    letters = ""
    while form:
        form, place = divmod(form, 26)
        letters = chr(ord("a") + place) + letters
    return letters


def _is_name(words: Sequence[Word]) -> bool:
    return words[0].capital and words[-1].capital
