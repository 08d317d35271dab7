"""The small model of entailment: what it reads, that it runs as it was trained, that it tells right from wrong."""

from collections import defaultdict
from pathlib import Path

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.verification_firms import PAIRS
from benchmarks.written_claims import ANSWERS, CLAIMS, Example, read_claims
from kg.embedding import EmbeddingModelMissing
from kg.pieces import MAX_PIECES
from qa.verification.entailment import NAMES, features, read_weights
from qa.verification.evidence import Evidence
from qa.verification.judge import Judge, support_of
from qa.verification.pairs import STANDINGS, pair_of
from scripts import train_entailment

EXAMPLES = [example for folder in (CLAIMS, ANSWERS) for example in read_claims(folder)]
HELD_BACK = [example for example in EXAMPLES if example.held_back]
TEXT = st.text(max_size=400)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, st.lists(st.text(max_size=900), max_size=6))
def test_any_claim_and_evidence_fit(claim: str, context: str, units: list[str]) -> None:
    pair = pair_of(claim, context, units)
    assert len(pair.ids) == len(pair.standings) <= MAX_PIECES
    assert 1 <= pair.claim_end < len(pair.ids)
    assert pair.standings[0] == pair.standings[pair.claim_end] == pair.standings[-1] == 0
    assert set(pair.standings) <= set(range(STANDINGS))
    assert all(1 <= standing <= 4 for standing in pair.standings[1 : pair.claim_end])


def test_what_both_sides_say_is_marked_on_both() -> None:
    pair = pair_of("Anna has three dogs since January.", "", ["In Jan. 2024 Anna kept 3 cats."])
    said = [standing in (3, 4) for standing in pair.standings[1 : pair.claim_end]]
    assert said == [True, False, True, False, False, True, True]  # Anna, three, January, the full stop
    assert pair.standings[1] == 4  # a capital


def test_of_long_evidence_the_sentences_stay_that_are_about_the_claim() -> None:
    noise = [f"Paragraph {number} is about gardens, fences and the colours of a shed." for number in range(60)]
    pairs = [pair_of("Bo owns Atlas.", "Register", evidence) for evidence in (noise, [*noise, "Atlas is Bo's."])]
    assert all(len(pair.ids) <= MAX_PIECES for pair in pairs)
    # Not cut off at the end: the claim's words are marked as said only where the last sentence is read.
    assert [sum(s in (3, 4) for s in pair.standings[1 : pair.claim_end]) for pair in pairs] == [1, 3]


def test_the_model_runs_as_it_was_trained(tmp_path: Path) -> None:
    """int8 by ONNX Runtime comes close to the network in JAX, padding and batch included."""
    some = HELD_BACK[:8]
    weights = train_entailment._initial()
    train_entailment.write({name: np.asarray(value) for name, value in weights.items()}, tmp_path)
    alone = train_entailment.judge(tmp_path, some)
    pairs = [pair_of(item.sentence.said, item.evidence.context, item.evidence.units) for item in some]
    weights_of_all = np.ones(len(some), np.float32)
    batch = train_entailment._batch(pairs, [item.right for item in some], weights_of_all, MAX_PIECES)
    together = train_entailment._scores(weights, batch, None)[: len(some)]
    assert np.ptp(alone) > 0.01
    assert np.asarray(together) == pytest.approx(alone, abs=0.02)
    assert isinstance(together, jax.Array)


def test_the_same_pair_gives_the_same_number_whoever_asks() -> None:
    evidence = ("Bo Lund owns Atlas.", "Anna Holm reports to Bo Lund.")
    told = support_of("Anna Holm is Bo Lund's superior.", "Register", evidence)
    assert Judge().support("Anna Holm is Bo Lund's superior.", "Register", evidence) == told


def test_a_missing_model_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingModelMissing, match=r"entailment\.onnx is missing: reinstall"):
        Judge(tmp_path)


def _share(examples: list[Example], right: bool) -> float:
    judged = [
        (support_of(item.sentence.said, item.evidence.context, item.evidence.units) > 0) == item.right
        for item in examples
        if item.right == right
    ]
    return sum(judged) / len(judged)


def test_it_tells_right_from_wrong_sentences_that_it_did_not_learn_from() -> None:
    some = [example for example in HELD_BACK if example.record.startswith("answers-")]
    assert len(some) > 500
    assert _share(some, True) > 0.8
    assert _share(some, False) > 0.7


def test_records_are_whole_and_no_record_is_in_both_parts() -> None:
    parts = defaultdict(set)
    for example in EXAMPLES:
        parts[example.record].add(example.held_back)
        assert example.sentence.said and example.evidence.quotes
    assert all(len(held) == 1 for held in parts.values())
    assert len(parts) > 1000


def test_of_pairs_one_is_right_and_one_wrong_and_none_is_learned_from() -> None:
    pairs = list(read_claims(PAIRS))
    assert len(pairs) > 5000
    labels: defaultdict[str, list[bool]] = defaultdict(list)
    for example in pairs:
        labels[example.record].append(example.right)
    assert all(sum(right) * 2 == len(right) for right in labels.values())
    assert len({(example.record, example.sentence.said) for example in pairs}) == len(pairs)
    assert not labels.keys() & {example.record for example in EXAMPLES}


def test_all_that_is_weighed_has_a_weight() -> None:
    nothing = Evidence((1,), (), (), (), (), "", "", frozenset(), ())
    assert len(features("Bo owns Atlas.", nothing, "Who?", "")) == len(NAMES)
    assert set(read_weights()) == {*NAMES, "bias", "enough", "sure"}
