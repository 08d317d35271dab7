"""Tags to mentions, words to pieces and windows, strict scores: properties that hold for any text."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from extraction.corpora import AnnotatedEntity, AnnotatedRelation, AnnotatedText
from extraction.local.decode import DISTANCES, PredictedEntity, PredictedRelation, bio_tags, decode, distance
from extraction.local.encode import SHAPES, encode, windows
from extraction.scoring import ALL, Scores
from kg.pieces import MAX_PIECES

TAGS = bio_tags(("Organization", "Person"))
WORDS = st.lists(st.text(min_size=1, max_size=30) | st.sampled_from(["Oslo", "the", "GDPR", "x" * 2000]), max_size=300)


@given(
    arrays.arrays(np.float32, st.tuples(st.integers(0, 30), st.just(len(TAGS))), elements=st.floats(-20, 20, width=32))
)
def test_mentions_lie_apart_within_the_words_with_probabilities(scores: np.ndarray) -> None:
    found = decode(scores, TAGS)
    assert all(0 <= item.start < item.end <= len(scores) for item in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(0 <= item.score <= 1 + 1e-6 and item.type in ("Organization", "Person") for item in found)


@given(st.lists(st.sampled_from(["O", "B-Person", "I-Person", "B-Organization"]), min_size=1, max_size=20))
def test_legal_tags_that_stand_out_are_decoded_as_they_are(tags: list[str]) -> None:
    legal = []
    for tag in tags:
        follows = bool(legal) and legal[-1].endswith("Person") and legal[-1] != "O"
        legal.append("O" if tag.startswith("I-") and not follows else tag)
    scores = np.full((len(legal), len(TAGS)), -10, np.float32)
    scores[np.arange(len(legal)), [TAGS.index(tag) for tag in legal]] = 10
    starts = [place for place, tag in enumerate(legal) if tag[0] == "B"]
    assert [(item.start, item.type) for item in decode(scores, TAGS)] == [(at, legal[at][2:]) for at in starts]


def test_an_inside_tag_continues_nothing_of_another_type() -> None:
    scores = np.full((2, len(TAGS)), -5, np.float32)
    scores[0, TAGS.index("B-Person")] = scores[1, TAGS.index("I-Organization")] = 5
    scores[1, TAGS.index("I-Person")] = 4
    assert [(item.start, item.end, item.type) for item in decode(scores, TAGS)] == [(0, 2, "Person")]


@given(WORDS)
def test_every_word_has_a_first_piece_and_a_shape(words: list[str]) -> None:
    pieces = encode(words)
    assert len(pieces.ids) == len(pieces.shapes)
    assert len(pieces.firsts) == len(words)
    assert list(pieces.firsts) == sorted(set(pieces.firsts))
    assert all(0 <= shape < SHAPES for shape in pieces.shapes)


@given(WORDS, st.data())
def test_windows_fit_the_encoder_in_order_without_overlap(words: list[str], data: st.DataObject) -> None:
    cuts = data.draw(st.sets(st.integers(1, max(1, len(words) - 1)), max_size=10)) if len(words) > 1 else set()
    spans = [(item.start, item.end) for item in windows(words, [0, *sorted(cuts)])]
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    assert all(len(encode(words[a:b]).ids) <= MAX_PIECES for a, b in spans)
    left_out = set(range(len(words))) - {place for a, b in spans for place in range(a, b)}
    assert all(len(encode([words[place]]).ids) > MAX_PIECES for place in left_out)


@given(st.integers(0, 100), st.integers(1, 5), st.integers(0, 100), st.integers(1, 5))
def test_distance_tells_which_mention_comes_first(a: int, length: int, gap: int, other: int) -> None:
    first, second = (a, a + length), (a + length + gap, a + length + gap + other)
    forward, backward = distance(first, second), distance(second, first)
    assert 0 <= forward <= len(DISTANCES)
    assert backward == forward + len(DISTANCES) + 1


def test_a_relation_is_right_only_between_right_mentions() -> None:
    text = AnnotatedText(
        tuple("Ada Lovelace of London wrote".split()),
        (AnnotatedEntity(0, 2, "Person"), AnnotatedEntity(3, 4, "Location")),
        (AnnotatedRelation(0, 1, "LIVES_IN"),),
    )
    right = [PredictedEntity(0, 2, "Person", 1), PredictedEntity(3, 4, "Location", 1)]
    scores = Scores()
    scores.add(text, right, [PredictedRelation(0, 1, "LIVES_IN", 1), PredictedRelation(1, 0, "LIVES_IN", 1)])
    assert scores.relations[ALL].figures() == {"precision": 0.5, "recall": 1.0, "f1": 0.6667}
    wrong_type = [right[0], PredictedEntity(3, 4, "Person", 1)]
    scores = Scores()
    scores.add(text, wrong_type, [PredictedRelation(0, 1, "LIVES_IN", 1)])
    assert scores.relations[ALL].f1 == 0
    assert scores.entities[ALL].f1 == 0.5
    assert scores.entities["Person"].figures() == {"precision": 0.5, "recall": 1.0, "f1": 0.6667}


def test_where_entities_are_related_any_of_their_mentions_will_do_once() -> None:
    text = AnnotatedText(
        ("Ada", "Ada", "London"),
        (AnnotatedEntity(0, 1, "Person", 0), AnnotatedEntity(1, 2, "Person", 0), AnnotatedEntity(2, 3, "Location", 1)),
        (AnnotatedRelation(1, 2, "LIVES_IN"),),
        by_cluster=True,
    )
    found = [PredictedEntity(item.start, item.end, item.type, 1) for item in text.entities]
    scores = Scores()
    scores.add(text, found, [PredictedRelation(0, 2, "LIVES_IN", 1), PredictedRelation(1, 2, "LIVES_IN", 1)])
    assert (scores.relations[ALL].right, scores.relations[ALL].wrong) == (1, 0)
