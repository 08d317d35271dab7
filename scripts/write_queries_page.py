"""Writes docs/queries.md, the list of all queries that people run or that find answers, from the queries' headers.

python -m scripts.write_queries_page
"""

from pathlib import Path

from kg.analysis import FOLDER, analyses
from kg.catalogue import DIALECTS, Query, catalogue

PAGE = Path(__file__).resolve().parent.parent / "docs" / "queries.md"
_HEAD = """# The queries

Written by `python -m scripts.write_queries_page` from the headers in `cypher/` and `kg/analysis/`: change those.

The analyst queries and the analyses run by name:

```sh
evigraph query                                              # lists them
evigraph query impact name="Korvane Cloud AB"
evigraph query entities_without_predicate type=Contract predicates=ENDS_ON,EFFECTIVE_FROM --format csv
evigraph query who_is_responsible --as maria --as-of 2026-03-01
curl -s http://127.0.0.1:8000/v1/queries/impact -H 'Accept: text/csv' -H 'Content-Type: application/json' \\
  -d '{"name": "Korvane Cloud AB", "as_of": "2026-03-01"}'
```

- A parameter with `=` may be left out and then has that value; so may one of type `... or null`, which then is null. On
  the command line a list is separated by commas. Days are `YYYY-MM-DD`.
- An entity may be given by any name that it goes by, or by its id: command and API find its `key`. The same text runs
  in Neo4j Browser, where the parameter is to be the key itself, in whatever case:
  `:param {name: 'Atlas', limit: 100, groups: null, as_of: null}`.
- `groups`, who may see what, is decided by the server. `as_of` is a day: what then holds, by documents then in force.
- Both stores give the same rows in the same order. When `limit` cuts them off, the answer's `notes` say so.
- In CSV, a text that begins with `=`, `+`, `-` or `@` gets an apostrophe before it, so that no spreadsheet runs it as
  a formula.
"""
_SECTIONS = (
    ("analyst", "Analyst queries", "`cypher/analyst/`"),
    (
        FOLDER,
        "Analyses",
        "`kg/analysis/`: computed with networkx over the rows of one query. Each leaves out values, denied and "
        "retracted facts, and entities of the types in `without_types` (log entries join everything). It reads "
        " at most so many `rows`, the most certain facts first, and says if there are more.",
    ),
    ("retrieve", "How answers are found", "`cypher/retrieve/`: what `ask` and `search` run; a trace shows them."),
)


def page() -> str:
    """The page as it is to be."""
    # By name over both stores: a query that the dialects write differently says the same of itself.
    queries = {name: query for dialect in DIALECTS for name, query in catalogue(dialect).items()}
    queries |= {name: item.description for name, item in analyses().items()}
    parts = [_HEAD]
    for folder, title, text in _SECTIONS:
        rows = [_row(query) for _, query in sorted(queries.items()) if query.folder == folder]
        head = "| Name | Purpose | Parameters | Columns | Example |\n|---|---|---|---|---|"
        parts.append("\n".join([f"## {title}", "", text, "", head, *rows, ""]))
    return "\n".join(parts)


def _row(query: Query) -> str:
    parameters = [
        f"`{name}`: {kind}" + (f" = {_said(query.defaults[name])}" if name in query.defaults else "")
        for name, kind in query.parameters.items()
        if name not in ("groups", "as_of")
    ]
    cells = (f"`{query.name}`", query.purpose, "<br>".join(parameters), ", ".join(query.columns), query.example)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _said(default: object) -> str:
    return ", ".join(default) if isinstance(default, list) else str(default)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
