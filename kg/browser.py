"""What a person takes into Neo4j Browser: a style with a colour for each type of entity, and the queries as favourites.

The style is GraSS, Neo4j Browser's own kind of sheet. It chooses by label, and an entity has its type as a label (see
the query `refresh_types`). A favourite is a text whose first line, a comment, is its title.
"""

import io
import re
import zipfile
from pathlib import Path
from textwrap import indent

from kg.catalogue import CYPHER, Default, Query, catalogue
from kg.colours import darker, distinct_colours, ink
from kg.model import VALUE_TYPES
from kg.ontology import GUESSED_TYPES, Ontology

#: What the graph itself calls nodes, with their caption, colour and diameter in pixels: greys and browns, so that
#: entities stand out.
OWN_LABELS = {
    "Document": ("{title}", "#3B4252", 90),
    "DocumentText": ("text", "#D8DCE3", 40),
    "Passage": ("{caption}", "#E9DFC8", 80),
    "Entity": ("{name}", "#A3ABB8", 75),
    "Fact": ("{caption}", "#FFFFFF", 80),
    "Run": ("{extractor}", "#B8A99A", 60),
    "Merge": ("{key} = {into_key}", "#D5C4E0", 80),
    "MergedName": ("{key}", "#D5C4E0", 75),
    "NameBlock": ("{block}", "#E4E7EC", 50),
    "Change": ("{count}", "#E4E7EC", 50),
}
_OWN_RELATIONSHIPS = (
    *("HAS_TEXT", "HAS_PASSAGE", "NEXT", "MENTIONS"),
    *("SUBJECT", "OBJECT", "EVIDENCED_BY", "GENERATED_BY", "NAMES"),
)
_VALUE_COLOUR = "#F3F4F6"
#: The names of these are sentences, and need room.
_SENTENCES = ("Action", "Definition")
#: Other names cannot be written in the sheet, which has no quotes for them; such types look like any entity.
_NAME = re.compile(r"[A-Za-z_][\w-]*")
#: Neo4j Browser makes these two folders.
_GRAPHS, _TABLES = "Evigraph graphs", "Evigraph tables"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def export(ontology: Ontology, folder: Path) -> list[Path]:
    """Write the style and the archive of favourites into a folder, made if need be, and say where. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet, archive = folder / "evigraph.grass", folder / "evigraph-favourites.zip"
    sheet.write_text(style(ontology), encoding="utf-8")
    archive.write_bytes(favourites_archive())
    return [sheet, archive]


def style(ontology: Ontology) -> str:
    """The style sheet for an ontology: types have colours of their own, values are pale, mere guesses grey."""
    entity, colour, diameter = OWN_LABELS["Entity"]
    rules = [_node("node", entity, colour, diameter)]
    rules += [_node(f"node.{label}", *look) for label, look in OWN_LABELS.items()]
    for name, colour in sorted(type_colours(ontology).items()):
        rules.append(_node(f"node.{name}", entity, colour, 110 if name in _SENTENCES else diameter))
    rules.append(_relationship("relationship", "#4C566A", "#2E3440", 2))
    rules += [_relationship(f"relationship.{name}", "#B9C0CC", "#6B7484", 1) for name in _OWN_RELATIONSHIPS]
    return "\n".join(rules)


def type_colours(ontology: Ontology) -> dict[str, str]:
    """The colour (#RRGGBB) of each type that the sheet can name, unless the graph itself uses its name."""
    named = [name for name in ontology.types if _NAME.fullmatch(name) and name not in OWN_LABELS]
    things = [name for name in named if name not in (*VALUE_TYPES, *GUESSED_TYPES)]
    # The most certain types come first: their colours differ most.
    things.sort(key=lambda name: (-ontology.types[name].rank, name))
    taken = [colour for _, colour, _ in OWN_LABELS.values()]
    colours = dict(zip(things, distinct_colours(len(things), taken), strict=True))
    for name in named:
        colours.setdefault(name, _VALUE_COLOUR if name in VALUE_TYPES else OWN_LABELS["Entity"][1])
    return colours


def favourites() -> dict[str, str]:
    """The favourites by file name: the queries that draw a graph, and the analyst queries, which give tables."""
    graphs = sorted((CYPHER / "analyst" / "browser").glob("*.cypher"))
    tables = [query for query in catalogue("neo4j").values() if query.folder == "analyst"]
    return {
        **{f"{_GRAPHS}/{path.name}": path.read_text(encoding="utf-8") for path in graphs},
        **{f"{_TABLES}/{query.name}.cypher": _favourite(query) for query in tables},
    }


def favourites_archive() -> bytes:
    """All favourites in one zip file, which Neo4j Browser takes in at one go; the same bytes for the same queries."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, text in favourites().items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _favourite(query: Query) -> str:
    """A catalogue query that runs as it stands: what it is given stands at its top, to be changed there. What has no
    default stays a parameter, for which Neo4j Browser asks."""
    head = [f"// {query.example}", f"// {query.purpose}"]
    given: list[str] = []
    cypher = query.cypher
    for name, kind in query.parameters.items():
        value = _literal(query.defaults.get(name))
        if name not in query.defaults and not kind.endswith(" or null"):
            head.append(f"// Set first: :param {name} => {_placeholder(kind)}")
            value = f"${name}"
        # A number of rows must not be a variable.
        cypher, limits = re.subn(rf"(?<=LIMIT )\${name}\b", value.replace("\\", r"\\"), cypher)
        if not limits:
            given.append(f"{name}: {value}")
            cypher = re.sub(rf"\${name}\b", f"given.{name}", cypher)
    if given:
        # A subquery sees only the variables that it names.
        cypher = re.sub(r"CALL \((\w[^)]*)\) \{", r"CALL (\1, given) {", cypher)
        body = indent(cypher, "  ")
        columns = ", ".join(query.columns)
        cypher = f"WITH {{{', '.join(given)}}} AS given\nCALL (given) {{\n{body}\n}}\nRETURN {columns}"
    return "\n".join([*head, cypher, ""])


def _placeholder(kind: str) -> str:
    if kind in ("integer", "float"):
        return "10"
    if kind.startswith("list of "):
        return f"[{_placeholder(kind.removeprefix('list of '))}]"
    return "'2026-12-31'" if kind == "date" else f"'{kind}'"


def _literal(value: Default | None) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return "null" if value is None else str(value)


def _node(selector: str, caption: str, colour: str, diameter: int) -> str:
    return f"""\
{selector} {{
  diameter: {diameter}px;
  color: {colour};
  border-color: {darker(colour)};
  border-width: 2px;
  text-color-internal: {ink(colour)};
  font-size: 11px;
  caption: '{caption}';
}}
"""


def _relationship(selector: str, colour: str, text: str, width: int) -> str:
    return f"""\
{selector} {{
  color: {colour};
  shaft-width: {width}px;
  font-size: 9px;
  padding: 3px;
  text-color-external: {text};
  text-color-internal: #FFFFFF;
  caption: '<type>';
}}
"""
