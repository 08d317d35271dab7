"""A thousand questions made from a small graph's names, types and predicates, and all that the graph says to each.

Run as a program with the folder of an embedded graph it prints a line of JSON for each question, so that two processes
can be held against each other.
"""

import json
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from kg.embedded import EmbeddedStore
from kg.ontology import Ontology, load_ontology
from kg.store import GraphStore
from qa.aggregate import state, with_winners
from qa.link import link
from qa.plan import make_plan
from qa.question import understand
from qa.recorder import Recorder
from qa.retrieve import find_facts

QUESTIONS = 1000
DOCUMENTS = {
    "systems.csv": "system,owner,hosting supplier,retention period,criticality\n"
    "Atlas CRM,Maria Lindberg,Nordwind Hosting AB,30 days,High\nBorealis,Maria Lindberg,Sund Data AB,6 months,Low\n"
    "Vega ERP,Oskar Frey,Nordwind Hosting AB,72 hours,High\nSirius,,Sund Data AB,30 days,Low\n",
    "incidents.csv": "incident,affected system,reported by,date,severity\nINC-1,Atlas CRM,Oskar Frey,2026-01-03,High\n"
    "INC-2,Atlas CRM,Bo Lind,2026-02-04,Low\nINC-3,Vega ERP,Ines Moreau,2026-03-05,High\n",
    "contracts.csv": "supplier,contract,notice period,contract value,start date\n"
    "Nordwind Hosting AB,CTR-2025-01,3 months,EUR 98000,2025-01-01\n"
    "Sund Data AB,CTR-2024-02,30 days,EUR 5000,2024-06-01\n",
    "chart.md": "# Organisation\n\nMaria Lindberg reports to Ines Moreau. Oskar Frey reports to Ines Moreau. "
    "Ines Moreau manages the Data Office. Anna Lindberg reports to Oskar Frey.\n\nBo Lind does not own Vega ERP.\n",
    "policy.md": "# Backup policy\n\nThe Data Office must report a breach within 24 hours. Suppliers must not copy "
    'data. "Backup" means a copy of data that is kept apart.\n',
}
NAMES = (
    *(
        "Atlas CRM",
        "Borealis",
        "Vega ERP",
        "Sirius",
        "Maria Lindberg",
        "Lindberg",
        "Oskar Frey",
        "Ines Moreau",
        "Bo Lind",
    ),
    *("Nordwind Hosting AB", "Nordwind", "Sund Data AB", "INC-1", "INC-2", "INC-3", "CTR-2025-01", "the Data Office"),
    *("Atlsa CRM", "Borealsi", "Oskra Frey", "Harbourlight", "72 hours", "30 days"),
)
TEMPLATES = (
    *(
        "Who {predicate} {a}?",
        "What {predicate} {a}?",
        "Which {type}s {predicate} {a}?",
        "How many {type}s {predicate} {a}?",
    ),
    *("Is {a} the one who {predicate} {b}?", "Does {a} not {predicate} {b}?", "How is {a} connected to {b}?"),
    *(
        "Do {a} and {b} have the same {label}?",
        "Which of {a} and {b} has the longer {label}?",
        "What is the {label} of {a}?",
    ),
    *("Whose {label} is {a}?", "Who is the {label} of the {other} of {a}?", "Which {type} has the most {counted}s?"),
    *("What is the longest {label}?", "Which {type}s have no {label}?", "How has the {label} of {a} changed?"),
    *(
        "What must {a} do?",
        "What does {a} mean?",
        "When did {a} {predicate} {b}?",
        "Where is {a}?",
        "Tell me about {a}",
    ),
    *("Who is the {label} of the {type} with the highest {other}?", "As of 1 March 2026, who {predicate} {a}?"),
)


def generated(ontology: Ontology) -> list[str]:
    """The questions; the same each time."""
    labels = sorted({label for predicate in ontology.predicates.values() for label in predicate.labels})
    types = ("system", "incident", "contract", "supplier", "person")
    chance = Random(1)
    pairs = list(product(TEMPLATES, NAMES))
    found: dict[str, None] = {}
    while len(found) < QUESTIONS:
        template, name = chance.choice(pairs)
        filled = template.format(
            a=name,
            b=chance.choice(NAMES),
            predicate=chance.choice(labels),
            label=chance.choice(labels),
            other=chance.choice(labels),
            type=chance.choice(types),
            counted=chance.choice(types),
        )
        found[filled] = None
    return list(found)


def answered(questions: list[str], store: GraphStore, ontology: Ontology) -> Iterator[dict[str, Any]]:
    """For each question its plan, and every query with its parameters and rows, in order."""
    for text in questions:
        question = understand(text, ontology)
        recorder = Recorder(store, None, question.as_of)
        plan = make_plan(question, link(question, recorder, ontology), ontology)
        statements = state(question, plan, recorder, ontology)
        plan = with_winners(plan, statements)
        find_facts(question, plan, recorder, ontology)
        queries = [[query.name, query.parameters, query.rows] for query in recorder.queries]
        yield {
            "question": text,
            "plan": repr(plan),
            "statements": [statement.text for statement in statements],
            "graph": [item for item in queries if not item[0].startswith("search_")],
            "full_text": [[row["id"] for row in item[2]] for item in queries if item[0].startswith("search_")],
        }


def main(folder: Path) -> None:
    """Print what an embedded graph answers."""
    store, ontology = EmbeddedStore(folder), load_ontology()
    for line in answered(generated(ontology), store, ontology):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
