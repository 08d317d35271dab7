"""Whether a name is a person's: by its type where that is sure, by its form where it is only a guess."""

import re

from kg.embedding import default_embedder
from kg.ontology import Ontology

_FORM = re.compile(r"[A-ZÀ-ÖØ-Þ][\w’'.-]*(?: (?:van|von|de|der|den|af|[A-ZÀ-ÖØ-Þ]\.))*(?: [A-ZÀ-ÖØ-Þ][\w’'-]+){1,2}")
_GUESSED_RANK = 3  # an extractor's types of bare names are no surer than this


def may_be_person(ontology: Ontology, name: str, kind: str, rank: int) -> bool:
    """Whether a name is to be treated as a person's.

    A model takes some people for organisations, so a name of two or three capitalised words that is typed by a guess is
    one, unless all its words are common ones ("Crisis Team").
    """
    if ontology.is_a(kind, "Person"):
        return True
    return rank <= _GUESSED_RANK and looks_like_person(name)


def is_known_thing(ontology: Ontology, kind: str, rank: int) -> bool:
    """Whether documents are sure that a name is no person's: people are taken for organisations, not for systems."""
    return rank > _GUESSED_RANK and not any(ontology.is_a(kind, agent) for agent in ("Person", "Organization"))


def looks_like_person(name: str) -> bool:
    """Whether a name has the form of a person's, not all of its words being common ones."""
    tidy = " ".join(name.split())
    common = default_embedder().is_common
    return bool(_FORM.fullmatch(tidy)) and not all(common(word.casefold()) for word in tidy.split())
