"""An ingest's report as plain data."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from kg.model import document_id

if TYPE_CHECKING:
    from extraction.report import IngestReport


def summarise(report: "IngestReport", corpus: str) -> dict[str, Any]:
    """What the doors give back: counts, what became of each input, and how long each stage took."""
    outcomes = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    documents = [
        {"id": document_id(corpus, uri), "uri": uri, "outcome": outcome}
        for outcome, uris in outcomes.items()
        for uri in uris
    ]
    reading = report.seconds["total"] - report.seconds["start"]
    return {
        **{outcome: len(uris) for outcome, uris in outcomes.items()},
        "refused": len(report.refused),
        "skipped": len(report.skipped),
        "passages": report.counts["passages"],
        "entities": report.counts["entities"],
        "names_merged": report.counts["merged"],
        "facts": report.counts["facts"],
        "facts_outside_ontology": report.counts["facts_outside_ontology"],
        "facts_rejected": report.rejected.total(),
        "words": report.counts["words"],
        "words_per_second": round(report.counts["words"] / reading, 1) if reading > 0 else 0.0,
        "seconds": {stage: round(seconds, 3) for stage, seconds in report.seconds.items()},
        "in_part": report.in_part,
        "documents": documents,
        "refusals": [{"uri": uri, "reason": reason} for uri, reason in report.refused.items()],
        "skips": list(report.skipped),
        "rejections": [{"reason": reason, "facts": n} for reason, n in _most_first(report.rejected)],
        "warnings": [{"uri": uri, "warning": text} for uri, texts in report.warnings.items() for text in texts],
    }


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
