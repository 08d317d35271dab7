"""What a person reads on the terminal. Nothing here is for programs: those use `--json`."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from api.table import cell
from api.uris import file_name

if TYPE_CHECKING:
    from qa.answer import Answer, Citation, Trace, TraceQuery
    from qa.draft import Draft

# Documents may hold what terminals obey, such as escape sequences; line breaks and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ENTITIES_SHOWN = 40
_REASONS_SHOWN = 12
_CELL_SHOWN = 80


def say(text: str = "") -> None:
    """Print a line of text to standard output, harmless to the terminal."""
    sys.stdout.write(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text) + "\n")


def note(text: str) -> None:
    """Print a line of text to standard error, harmless to the terminal."""
    sys.stderr.write(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text) + "\n")


def say_json(value: Any) -> None:
    """Print the one JSON document of a command."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error, to be called with (done, total, what); only if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total, name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    what = TextColumn("{task.fields[name]}", markup=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), what)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=_CONTROL.sub("?", name))


def show_ingest(summary: Mapping[str, Any]) -> None:
    """The report of an ingest; what was refused or warned of goes to standard error, a sentence each."""
    tell_refusals(summary)
    outcomes = ("added", "changed", "unchanged", "refused", "skipped")
    say("Documents: " + ", ".join(f"{summary[outcome]} {outcome}" for outcome in outcomes))
    if not summary["added"] + summary["changed"]:
        return
    outside = summary["facts_outside_ontology"]
    marked = f", {outside} of them outside the ontology and marked so" if outside else ""
    say(f"Found: {summary['passages']} passages, {summary['entities']} entities, {summary['facts']} facts{marked}")
    if summary["names_merged"]:
        say(f"Merged: {summary['names_merged']} names with others; `evigraph entities NAME` tells why")
    if summary["rejections"]:
        reasons = [f"{item['reason']} ({item['facts']})" for item in summary["rejections"]]
        more = f"; and {len(reasons) - _REASONS_SHOWN} more reasons" if len(reasons) > _REASONS_SHOWN else ""
        say(f"Rejected: {summary['facts_rejected']} facts. {'; '.join(reasons[:_REASONS_SHOWN])}{more}")
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in summary["seconds"].items())
    say(f"Speed: {summary['words_per_second']:,.0f} words per second ({stages} seconds)")


def tell_refusals(summary: Mapping[str, Any]) -> None:
    """Each refused or warned input in one sentence, to standard error."""
    for refusal in summary["refusals"]:
        note(f"Refused: {refusal['reason']}")
    for warning in summary["warnings"]:
        note(f"Note: {file_name(warning['uri'])}: {warning['warning']}.")


def show_answer(answer: "Answer", finder: "TraceQuery | None") -> None:
    """The answer with its evidence and the way to it; `finder` is the query that found its facts."""
    say(answer.answer)
    if answer.citations:
        say("\nEvidence")
    for citation in answer.citations:
        say(f"  [{citation.n}] {_place(citation)}")
        quote = f"“{' '.join(citation.quote.split())}”"
        if quote not in answer.answer:
            say(f"      {quote}")
    if answer.facts:
        say("\nFacts")
    for fact in answer.facts:
        say(f"  {_fact_line(fact.model_dump())}")
    _show_trace(answer.trace)
    if finder:
        say(f"\nThe facts were found by {finder.name}:")
        say("  " + finder.cypher.replace("\n", "\n  "))
        say("  with " + json.dumps(finder.parameters, ensure_ascii=False))


def _fact_line(fact: Mapping[str, Any]) -> str:
    """ "Atlas NOT HOSTED_BY Sund (0.75, hedged)": the fact with all that qualifies it."""
    said = [f"{fact['confidence']:.2f}", *(["hedged"] if fact["hedged"] else [])]
    said += [f"{word} {fact[day]}" for word, day in (("from", "valid_from"), ("to", "valid_to")) if fact[day]]
    if fact["deadline"]:
        said.append(f"deadline “{fact['deadline']}”" + (f" = {fact['due']}" if fact["due"] else ""))
    if fact["exception"]:
        said.append(f"exception “{' '.join(fact['exception'].split())}”")
    denied = "NOT " if fact["negated"] else ""
    return f"{fact['subject']} {denied}{fact['predicate']} {fact['object']} ({', '.join(said)})"


def _place(citation: "Citation") -> str:
    page = f", page {citation.page}" if citation.page else ""
    return f"{file_name(citation.document.uri)}{page}, characters {citation.start}-{citation.end}"


def _show_trace(trace: "Trace") -> None:
    predicates = ", ".join(trace.plan.predicates) or "any"
    say(f"\nPlan: {trace.plan.kind}; {len(trace.plan.entities)} entities linked; predicates: {predicates}")
    say(f"Route: {trace.route.tier} ({trace.route.reason}), {trace.latency_ms['total']:.0f} ms")
    if trace.route.review:
        say(f"Review: {trace.route.review}")
    say("Queries: " + ", ".join(f"{query.name} ({query.rows} rows)" for query in trace.queries))


def show_passages(passages: list[dict[str, Any]]) -> None:
    """Ranked passages with their places."""
    if not passages:
        say("No passage found.")
    for item in passages:
        page = f", page {item['page']}" if item["page"] else ""
        heading = f" — {item['heading']}" if item["heading"] else ""
        say(f"{item['rank']}. {item['document']['title']}{heading}")
        say(f"   {file_name(item['document']['uri'])}{page}, characters {item['start']}-{item['end']}")
        say(f"   {' '.join(item['text'].split())}\n")


def show_documents(documents: list[dict[str, Any]]) -> None:
    """One document a line, then where it is from."""
    if not documents:
        say("The graph holds no documents yet; `evigraph ingest PATH` brings some in.")
    for row in documents:
        say(f"{row['id']}  {row['title']}")
        say(f"    {_described(row)}, {row['passages']} passages")


def _described(row: Mapping[str, Any]) -> str:
    return f"{row['uri']}, version {row['version']}, corpus {row['corpus']}, seen by {', '.join(row['access'])}"


def show_document(shown: Mapping[str, Any]) -> None:
    """What is held of one document."""
    say(f"{shown['title']} ({shown['id']})")
    say(f"  {_described(shown)}")
    say(f"  {shown['media_type']}, ingested {shown['ingested_at']}, sha256 {shown['sha256']}")
    in_force = [f"{word} {shown[day]}" for word, day in (("from", "valid_from"), ("until", "valid_to")) if shown[day]]
    if in_force:
        say(f"  in force {' '.join(in_force)}")
    names = [f"{entity['name']} ({entity['type']})" for entity in shown["entities"]]
    more = f" and {len(names) - _ENTITIES_SHOWN} more" if len(names) > _ENTITIES_SHOWN else ""
    say(f"  {len(shown['passages'])} passages, {len(names)} entities: {', '.join(names[:_ENTITIES_SHOWN])}{more}")
    for fact in shown.get("facts", ()):
        say(f"  {_fact_line(fact)}")


def show_text(text: str) -> None:
    """A document's text: exact when it goes to a file or program, harmless when it goes to a terminal."""
    if sys.stdout.isatty():
        say(text)
    else:
        sys.stdout.write(text)


def show_table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows under the names of their columns; a long value is cut."""
    lines = [list(columns), *([_cell(row[column]) for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        say("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
    say(f"{len(rows)} row{'' if len(rows) == 1 else 's'}")


def show_draft(draft: "Draft") -> None:
    """A drafted statement with what it says that it finds; what is wrong with it goes to standard error."""
    say(draft.explanation)
    say(draft.cypher)
    for kind, names in draft.unknown.items():
        if names:
            note(f"The graph has no such {kind.replace('_', ' ')}: {', '.join(names)}.")
    note(draft.refused or "It only reads, and the graph can run it. It has not run; `evigraph cypher` runs it.")


def _cell(value: Any) -> str:
    text = " ".join(cell(value).split())
    return text if len(text) <= _CELL_SHOWN else text[: _CELL_SHOWN - 1] + "…"


def show_entities(entities: list[dict[str, Any]], name: str) -> None:
    """One entity a line."""
    if not entities:
        say(f"No entity goes by a name like {name!r}.")
    for row in entities:
        aliases = f", also {', '.join(row['aliases'])}" if row["aliases"] else ""
        value = f", {row['value']}" if row["value"] else ""
        say(f"{row['id']}  {row['name']} ({row['type']}{value}){aliases}")
        for merge in row["merges"]:
            who = f"{merge['decided_by']}, {merge['decided_at'][:10]}, score {merge['score']:.2f}"
            say(f"    {merge['name']} is {merge['into_name']}: {'; '.join(merge['reasons'])} ({who})")


def show_evaluation(summary: Mapping[str, Any], failed: list[dict[str, Any]]) -> None:
    """The shares, then each question that went wrong."""
    for name in ("right_evidence", "right_answer", "abstained_wrong", "abstained_right"):
        share = "none asked" if summary[name] is None else f"{summary[name]:.1%}"
        say(f"{name.replace('_', ' '):<16} {share}")
    say(f"{summary['questions']} questions, {summary['answerable']} of them answerable; {len(failed)} went wrong:")
    for row in failed:
        wanted = "evidence" if row["answerable"] else "abstention"
        say(f"  {row['id']} ({row['kind']}, {row['status']}, wanted: {wanted}) {row['question']}")


def show_checks(checks: list[dict[str, str]]) -> None:
    """One line a check, with the mend where something is missing."""
    for check in checks:
        say(f"{check['state']:<8} {check['name']}: {check['detail']}")
