"""Multi-hop retrieval: recall beside BM25, plain embedding search and their fusion, an ablation, published figures."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import bm25s
import numpy as np
import Stemmer

from api import parts
from api.errors import WrongUse
from api.retrieval import Asked, Entry, entry_id, figures, ingest_entries, rank_entries, read_corpus, read_questions
from api.service import Service, open_service
from api.settings import load_settings
from benchmarks.report import CannotMeasure, Row, document, note, run_command, show_table, write_json
from kg.embedding import default_embedder
from qa.link import link
from qa.question import understand
from qa.ranking.features import LINK, PASSAGE
from qa.ranking.pool import gather
from qa.ranking.rank import explore
from qa.ranking.walk import Weights, shipped_weights
from qa.recorder import Recorder

_RRF = 60
#: recall@5 as their authors give it, of 1,000 questions over larger corpora: MuSiQue, HotpotQA, 2WikiMultiHopQA.
PUBLISHED = (
    ("Contriever", 46.6, 75.3, 57.5),
    ("ColBERTv2", 49.2, 79.3, 68.2),
    ("RAPTOR", 57.8, 86.9, 66.2),
    ("HippoRAG (ColBERTv2, GPT-3.5)", 51.9, 77.7, 89.1),
    ("NV-Embed-v2 (7 B)", 69.7, 94.5, 76.5),
    ("HippoRAG 2 (Llama-3.3-70B, NV-Embed-v2)", 74.7, 96.3, 90.4),
)
#: What is left out in each row of the ablation: columns of the weights set to 0, or the walk cut short.
WITHOUT: dict[str, tuple[str, ...]] = {
    "without the walk": (),
    "without the second round": (),
    "without titles linked": ("titled", "to_title", "to_title_aptly", "from_title", "same_title"),
    "without names shared": ("shared", "shared_aptly", "asked_shared", "leads_on"),
    "without names in the question": ("named", "titled"),
    "without PageRank": ("pagerank",),
    "without the embedding model": ("near", "near_rank"),
    "without full text": ("text_score", "text_rank"),
}
Ranked = list[list[str]]


def floors(entries: Sequence[Entry], questions: Sequence[Asked], titles: bool) -> dict[str, Ranked]:
    """BM25 (bm25s, English stop words, stems), the embedding model's cosine, and both by reciprocal rank fusion."""
    texts = [f"{entry.title}\n{entry.text}" if titles else entry.text for entry in entries]
    stemmer, quiet = Stemmer.Stemmer("english"), {"show_progress": False}
    index = bm25s.BM25()
    index.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, **quiet), **quiet)
    asked = [question.text for question in questions]
    words = bm25s.tokenize(asked, stopwords="en", stemmer=stemmer, return_ids=False, **quiet)
    lexical = np.stack([index.get_scores(of_one) for of_one in words])
    embedder = default_embedder()
    near = embedder.embed(asked) @ embedder.embed(texts).T
    orders = [np.argsort(-scores, axis=1, kind="stable") for scores in (lexical, near)]
    ranks = [np.argsort(order, axis=1, kind="stable") + 1 for order in orders]
    fused = np.argsort(-sum(1 / (_RRF + rank) for rank in ranks), axis=1, kind="stable")
    named = {"BM25 (bm25s)": orders[0], "all-MiniLM-L6-v2": orders[1], "BM25 + MiniLM, fused": fused}
    return {name: [[entries[at].id for at in row[:20]] for row in order] for name, order in named.items()}


def without(name: str, weights: Weights) -> Weights:
    """The weights with an ablation's columns at 0."""
    zero = WITHOUT[name]
    here, there = (np.array([column not in zero for column in columns]) for columns in (PASSAGE, LINK))
    return replace(weights, passage=weights.passage * here, target=weights.target * here, link=weights.link * there)


def ablated(service: Service, text: str, name: str) -> list[str]:
    """The ids of the entries, best first, with a part left out."""
    ontology = parts.ontology(service.settings)
    question, recorder = understand(text, ontology), Recorder(service.store, None)
    pool = gather(question, link(question, recorder, ontology), recorder)
    rounds = {"without the walk": 0, "without the second round": 1}.get(name, 2)
    explored = explore(pool, recorder, without(name, shipped_weights()), rounds)
    order = np.argsort(-np.round(explored.scores, 6), kind="stable")[:40]
    ids = [explored.ids[place] for place in order]
    uris = {row["id"]: row["uri"] for row in recorder.run("passages_by_id", passage_ids=sorted(ids))}
    return list(dict.fromkeys(entry_id(uris[identity]) for identity in ids))


def measure(data: Path, titles: bool, graph: str, ablation: bool) -> list[Row]:
    """The rows of one corpus under one condition."""
    entries, questions = read_corpus(data), read_questions(data)
    apart = [asked for asked in questions if not asked.fitted_on]
    with open_service(load_settings().on(graph)) as service:
        ingest_entries(service, entries, titles)
        ranked = floors(entries, questions, titles)
        ranked["Evigraph"] = [rank_entries(service, asked.text) for asked in questions]
        rows = [_row(name, order, questions) for name, order in ranked.items()]
        for name in WITHOUT if ablation else ():
            found = {asked.id: ablated(service, asked.text, name) for asked in apart}
            rows.append({"name": name, "not_fitted_on": figures(apart, found)})
            note(f"{data.name}: {name} measured")
    return [{"corpus": data.name, "titles": titles, **row} for row in rows]


def _row(name: str, order: Ranked, questions: Sequence[Asked]) -> Row:
    found = {asked.id: ids for asked, ids in zip(questions, order, strict=True)}
    apart = [asked for asked in questions if not asked.fitted_on]
    return {"name": name, "all": figures(questions, found), "not_fitted_on": figures(apart, found)}


def _show(rows: Sequence[Row], corpora: Sequence[str], titles: bool, part: str) -> None:
    here = [row for row in rows if row["titles"] == titles and part in row]
    names = list(dict.fromkeys(row["name"] for row in here))
    cells: dict[tuple[str, str], Row] = {(row["name"], row["corpus"]): row[part] for row in here}
    said = "all questions" if part == "all" else "questions that nothing was fitted on"
    show_table(
        f"Recall, {'with titles' if titles else 'titles withheld'}, {said}",
        ["", *(f"{corpus} @{cut}" for corpus in corpora for cut in (2, 5))],
        [
            [name, *(f"{cells[name, corpus][f'recall@{cut}']:.3f}" for corpus in corpora for cut in (2, 5))]
            for name in names
        ],
    )


def main() -> None:
    """Measure every corpus with and without titles, print the tables, write the JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="DIR", help="corpora with questions")
    parser.add_argument("--graphs", type=Path, required=True, metavar="DIR", help="keeps the ingested graphs")
    parser.add_argument("--no-ablation", action="store_true", help="measure the whole only")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    arguments = parser.parse_args()
    rows: list[Row] = []
    try:
        for data in arguments.data:
            for titles in (True, False):
                graph = f"embedded:{arguments.graphs / f'{data.name}.{int(titles)}'}"
                rows += measure(data, titles, graph, not arguments.no_ablation)
                note(f"{data.name}, {'with titles' if titles else 'titles withheld'}: done")
    except WrongUse as error:
        raise CannotMeasure(str(error)) from error
    corpora = [data.name for data in arguments.data]
    for titles in (True, False):
        for part in ("all", "not_fitted_on"):
            _show(rows, corpora, titles, part)
    show_table(
        "Published recall@5, larger corpora, so not the same scale",
        ["", "MuSiQue", "HotpotQA", "2Wiki"],
        [[name, *(f"{value / 100:.3f}" for value in values)] for name, *values in PUBLISHED],
    )
    if arguments.json:
        setup = {"corpora": corpora, "weights": shipped_weights().version}
        write_json(arguments.json, document("retrieval", setup, None, rows))


if __name__ == "__main__":
    sys.exit(run_command(main))
