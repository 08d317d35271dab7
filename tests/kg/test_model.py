"""kg.model: ids that depend on nothing but what they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import VALUE_TYPES, document_id, entity_id, fact_id, make_id
from kg.ontology import load_ontology


def test_ids_are_these_for_ever() -> None:
    """Another id for the same thing would double every graph that is already written."""
    assert make_id("e", "atlas") == entity_id("atlas") == "e_7c82602500857aa6ed0c"
    assert document_id("default", "file:///a.md") == make_id("d", "default", "file:///a.md")
    assert fact_id("e_1", "OWNS", "e_2") == make_id("f", "e_1", "OWNS", "e_2")


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_an_id_fits_a_vector_record(parts: list[str]) -> None:
    identity = make_id("p", *parts)
    assert len(identity.encode("ascii")) == 22
    assert identity == make_id("p", *parts)


@pytest.mark.parametrize(("one", "other"), [(("ab", "c"), ("a", "bc")), (("a", ""), ("a",)), (("a", "b"), ("b", "a"))])
def test_parts_do_not_run_together(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert make_id("p", *one) != make_id("p", *other)


def test_a_lone_surrogate_has_an_id() -> None:
    assert make_id("d", "\ud800") != make_id("d", "\ud801")


def test_value_types_are_types_of_the_ontology() -> None:
    assert set(VALUE_TYPES) <= set(load_ontology().types)
