"""A model's answer read, found in its passage and held beside the base's facts."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from extracting import ONTOLOGY
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from extraction.found import Extraction, FoundFact, FoundMention
from extraction.gguf.align import MAX_GAP, AlignedFact, PassageText, align, predicate_names
from extraction.gguf.combine import Combiner
from extraction.gguf.extractor import add_answer
from extraction.gguf.parse import Answer, Statement, parse_answer
from extraction.gguf.prompt import make_prompt
from kg.gguf.child import array_ended

pytestmark = pytest.mark.alone

PREDICATES = predicate_names(ONTOLOGY)
KEYS = ("subject", "predicate", "object", "quote")
WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
STATEMENTS = st.builds(
    Statement,
    **{key: WORDS.map(str.strip).filter(bool) for key in KEYS},  # a text of spaces only names nothing
)
NO_BRACES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="{}[]"), max_size=40)
# Letters that fold to others or to two, decomposed accents, letters without case, marks that have several forms.
TEXTS = st.text(st.sampled_from("aB ßİéñ́漢字𝔘-–\"”'’\n\t\u00a0.,1"), max_size=60)


def written(statements: list[Statement], indent: int | None = None) -> str:
    return json.dumps([item.model_dump() for item in statements], ensure_ascii=False, indent=indent)


def folded(text: str) -> str:
    """What two spellings of the same words have in common."""
    for same, marks in (("'", "\"'`´‘’‚‛“”„‟«»‹›"), ("-", "‐‑‒–—−")):
        text = "".join(same if character in marks else character for character in text)
    return " ".join(text.casefold().split())


@settings(deadline=None)
@given(st.lists(STATEMENTS, unique=True, max_size=5), NO_BRACES, NO_BRACES, st.sampled_from([None, 2]))
def test_statements_are_read_whatever_stands_around_the_array(
    statements: list[Statement], before: str, after: str, indent: int | None
) -> None:
    assert parse_answer(before + written(statements, indent) + after) == Answer(tuple(statements), 0, True)


@settings(deadline=None)
@given(st.lists(STATEMENTS, unique=True, min_size=1, max_size=4), st.data())
def test_of_an_array_cut_off_the_complete_statements_are_kept(statements: list[Statement], data: st.DataObject) -> None:
    pieces = [item.model_dump_json() for item in statements]
    complete = data.draw(st.integers(0, len(pieces) - 1))
    cut = data.draw(st.integers(0, len(pieces[complete]) - 1))
    text = "[" + ", ".join([*pieces[:complete], pieces[complete][:cut]])
    answer = parse_answer(text)
    assert answer.statements[:complete] == tuple(statements[:complete])
    if "{" not in "".join(str(value) for item in statements for value in item.model_dump().values()):
        assert answer == Answer(tuple(statements[:complete]), int('"subject"' in pieces[complete][:cut]), complete > 0)


@settings(deadline=None)
@given(st.lists(STATEMENTS, max_size=3))
def test_an_array_has_ended_at_its_last_bracket_and_not_before(statements: list[Statement]) -> None:
    text = written(statements)
    assert [end for end in range(len(text) + 1) if array_ended(text[:end])] == [len(text)]


@settings(deadline=None)
@given(st.text())
@example('{"a":' * 2000)
@example('[{"subject": "\\ud800", "predicate": 1}]')
@example('[{"subject": ' + "1" * 5000)
def test_no_text_breaks_the_reading(text: str) -> None:
    answer = parse_answer(text)
    assert answer.is_readable or not answer.statements


@pytest.mark.parametrize(
    ("text", "statements", "malformed", "readable"),
    [
        ('{"facts": [STATEMENT, STATEMENT]}', 1, 0, True),
        ("```json\n[STATEMENT]\n```\nI hope this helps.", 1, 0, True),
        ("[]", 0, 0, True),
        ("[\n]", 0, 0, True),
        ("I found no facts.", 0, 0, False),
        ("", 0, 0, False),
        ("[" * 700, 0, 0, False),
        ('[{"subject": "A", "predicate": "OWNS", "object": "B"}]', 0, 1, False),
        ('[{"subject": "A", "predicate": "OWNS", "object": ["B"], "quote": "A owns B"}, STATEMENT]', 1, 1, True),
        ('[{"subject": " ", "predicate": "OWNS", "object": "B", "quote": "A owns B"}]', 0, 1, False),
        ('[STATEMENT, {"subject": "A", "pred', 1, 1, True),
    ],
)
def test_what_models_write_instead_is_read_or_counted(
    text: str, statements: int, malformed: int, readable: bool
) -> None:
    good = json.dumps({"subject": "A", "predicate": "OWNS", "object": "B", "quote": "A owns B"})
    answer = parse_answer(text.replace("STATEMENT", good))
    assert (len(answer.statements), answer.malformed, answer.is_readable) == (statements, malformed, readable)


@settings(deadline=None)
@given(TEXTS, TEXTS)
@example("Straße", "STRASSE")
@example("the “Data  Subject”", '"data subject"')
def test_what_is_found_are_the_words_themselves(text: str, words: str) -> None:
    for start, end in PassageText(text).find(words):
        assert 0 <= start < end <= len(text)
        assert folded(text[start:end]) == folded(words)


@settings(deadline=None)
@given(TEXTS, TEXTS.filter(str.strip), TEXTS)
def test_words_between_spaces_are_found_however_they_are_spelled(before: str, words: str, after: str) -> None:
    words = words.strip()
    start = len(before) + 1
    passage = PassageText(f"{before} {words} {after}")
    assert (start, start + len(words)) in passage.find(words)
    other = words.replace("'", "’").replace("–", "-").replace(" ", "\n  ").upper()
    assume(folded(other) == folded(words))
    found = passage.find(other)
    assert found
    assert (start, start + len(words)) in found or passage.text.find(other) >= 0


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("He works with IT.", "IT", ["IT"]),
        ("He works with it.", "it", ["it"]),
        ("Nordwind’s policy", "nordwind's  Policy", ["Nordwind’s policy"]),
        ("数据控制者必须通知", "控制者", ["控制者"]),
        ("ﬂoor Straße", "STRASSE", ["Straße"]),
        ("Maß", "Mas", []),
        ("A–B and A-B", "A-B", ["A-B"]),
        ("A–B", "A-B", ["A–B"]),
        ("anything", "", []),
    ],
)
def test_whole_words_are_found_as_written_first(text: str, words: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in PassageText(text).find(words)] == expected


@settings(deadline=None)
@given(st.data())
def test_every_aligned_fact_lies_in_its_passage(data: st.DataObject) -> None:
    text = data.draw(
        st.lists(st.sampled_from(["Ärger", "the", "Bo’s", "ledger", "漢字", "“x”", "\n", "."]), max_size=25)
    )
    passage = data.draw(st.sampled_from([" ", "  "])).join(text)
    part = st.tuples(st.integers(0, len(passage)), st.integers(1, 30)).map(lambda at: passage[at[0] : at[0] + at[1]])
    parts = [data.draw(part.map(str.strip)) or "ledger" for _ in range(3)]
    names = dict(zip(("subject", "object", "quote"), parts, strict=True))
    aligned = align(PassageText(passage), Statement(predicate="OWNS", **names), PREDICATES)
    if isinstance(aligned, AlignedFact):
        for (start, end), words in ((aligned.subject, names["subject"]), (aligned.object, names["object"])):
            assert folded(passage[start:end]) == folded(words)
            assert aligned.evidence[0] <= start < end <= aligned.evidence[1] <= len(passage)
        assert folded(names["quote"]) in folded(passage[slice(*aligned.evidence)])
        assert aligned.subject[1] <= aligned.object[0] or aligned.object[1] <= aligned.subject[0]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"predicate": "is hosted by"}, None),
        ({"predicate": "hosted_by"}, None),
        ({"predicate": "BETRAYS"}, "predicate"),
        ({"quote": "Atlas is hosted in the cloud"}, "quote"),
        ({"subject": "Borealis"}, "subject"),
        ({"object": "Nordwin"}, "object"),
        ({"object": "Atlas"}, "overlap"),
        ({"object": "Farland"}, "apart"),
        ({"quote": "hosted by"}, None),
    ],
)
def test_a_statement_is_aligned_or_the_reason_told(changed: dict[str, str], reason: str | None) -> None:
    text = "Atlas is hosted by Nordwind AB. " + "It runs day and night. " * (1 + MAX_GAP // 10) + "Farland is away."
    names = dict(zip(KEYS, ("Atlas", "HOSTED_BY", "Nordwind AB", "Atlas is hosted by Nordwind AB"), strict=True))
    aligned = align(PassageText(text), Statement(**names | changed), PREDICATES)
    expected = AlignedFact((0, 5), "HOSTED_BY", (19, 30), (0, 30))
    assert aligned == (reason or expected)


def test_of_several_places_the_ones_in_the_quote_are_taken() -> None:
    text = "Atlas serves Nordwind AB. Nordwind AB is paid. Atlas is hosted by Nordwind AB."
    stated = Statement(subject="Atlas", predicate="HOSTED_BY", object="Nordwind AB", quote="is hosted by Nordwind AB")
    aligned = align(PassageText(text), stated, PREDICATES)
    assert isinstance(aligned, AlignedFact)
    assert aligned.evidence == (text.index("Atlas is"), len(text) - 1)


TEXT = "The Atlas system is hosted by Nordwind AB. Maria Lind owns Atlas. The Supplier must keep logs."


def mention(words: str, kind: str, name: str = "") -> FoundMention:
    start = TEXT.index(words)
    return FoundMention(start, start + len(words), words, kind, 0.8, name)


ATLAS, NORDWIND = mention("Atlas system", "System"), mention("Nordwind AB", "Organization")
SUPPLIER = mention("Supplier", "Organization", "Nordwind AB")
HOSTED = FoundFact(ATLAS, "HOSTED_BY", NORDWIND, 0, 42, 0.8)
BASE = Extraction((ATLAS, NORDWIND, SUPPLIER), (HOSTED,), (), {"OWNS: no": 2})


def combined(*stated: tuple[str, str, str, str], base: Extraction = BASE) -> Extraction:
    combiner = Combiner(base, TEXT, ONTOLOGY, None)
    answer = written([Statement(**dict(zip(KEYS, item, strict=True))) for item in stated])
    add_answer(combiner, parse_answer(answer), TEXT, 0, PREDICATES)
    return combiner.extraction()


def test_agreement_raises_confidence_once_and_changes_nothing_else() -> None:
    stated = ("the atlas system", "HOSTED_BY", "Nordwind AB", "is hosted by Nordwind AB")
    again = ("Atlas system", "HOSTED_BY", "Nordwind AB", "hosted by Nordwind AB")
    found = combined(stated, again)
    assert found == replace(BASE, facts=(replace(HOSTED, confidence=pytest.approx(0.9)),))


def test_the_same_fact_elsewhere_is_another_evidence() -> None:
    stated = ("the Supplier", "HOSTED_BY", "logs", "The Supplier must keep logs")
    found = combined(stated, stated)
    assert [fact.confidence for fact in found.facts] == [0.8, 0.5]
    assert found.facts[1].subject == SUPPLIER, "the base knows whose name that stands for"


def test_what_the_base_knows_to_be_denied_is_not_stated() -> None:
    denied = replace(BASE, facts=(replace(HOSTED, negated=True),))
    found = combined(("Atlas system", "HOSTED_BY", "Nordwind AB", "is hosted by Nordwind AB"), base=denied)
    assert found.facts == denied.facts
    assert found.dropped == {"OWNS: no": 2, "gguf: the passage denies it": 1}


def test_a_clause_is_typed_by_its_predicate_and_a_name_only_a_guess() -> None:
    duty = ("The Supplier", "MUST", "keep logs", "The Supplier must keep logs")
    owner = ("Maria Lind", "OWNS", "Atlas", "Maria Lind owns Atlas")
    found = combined(duty, owner)
    assert [(fact.object.text, fact.object.type) for fact in found.facts[1:]] == [
        ("keep logs", "Action"),
        ("Atlas", "Term"),
    ]


def test_each_statement_that_cannot_be_used_is_counted() -> None:
    found = combined(
        ("Atlas system", "HATES", "Nordwind AB", "hosted"),
        ("Borealis", "HOSTED_BY", "Nordwind AB", "hosted"),
        ("Nordwind", "OWNS", "Nordwind AB", "Nordwind AB"),
        ("Atlas system", "OWNS", "Nordwind AB", "hosted elsewhere"),
    )
    assert found.facts == BASE.facts
    assert Counter(found.dropped) - Counter(BASE.dropped) == {
        "gguf: predicate not in the ontology": 1,
        "gguf: subject not in the passage": 1,
        "gguf: subject and object are not two names": 1,
        "gguf: quote not in the passage": 1,
    }


@settings(deadline=None)
@given(st.data())
def test_every_fact_and_mention_is_the_documents_own_text(data: st.DataObject) -> None:
    document = "Vorspann. " + TEXT.replace("AB", "Öß 漢") + " Nachspann."
    offset = document.index("The")
    passage = document[offset : offset + len(TEXT)]
    part = st.tuples(st.integers(0, len(passage)), st.integers(1, 50)).map(lambda at: passage[at[0] : at[0] + at[1]])
    part = part.filter(str.strip)
    statements = data.draw(
        st.lists(
            st.builds(Statement, subject=part, object=part, quote=part, predicate=st.sampled_from(["MUST", "OWNS"]))
        )
    )
    combiner = Combiner(Extraction((), (), ()), document, ONTOLOGY, None)
    add_answer(combiner, Answer(tuple(statements), 0, True), passage, offset, PREDICATES)
    for fact in combiner.extraction().facts:
        assert 0 <= fact.start <= fact.subject.start < fact.subject.end <= fact.end <= len(document)
        assert fact.start <= fact.object.start < fact.object.end <= fact.end
        for found in (fact.subject, fact.object):
            assert document[found.start : found.end] == found.text


def test_the_prompt_holds_the_ontology_and_leaves_the_passage_alone() -> None:
    prompt = make_prompt(ONTOLOGY)
    for predicate in ONTOLOGY.predicates.values():
        assert f"\n{predicate.name}: {predicate.label}" in prompt.head
    assert "HOLDS_ROLE: holds the role of (Person -> Role)" in prompt.head
    assert "$" not in prompt.head + prompt.tail
    example_answer = prompt.head.rpartition("Facts:")[2].partition("Passage:")[0]
    assert len(parse_answer(example_answer).statements) == 1
    assert prompt.tail.endswith(prompt.opening)
