"""Whether evidence is open, or restricted to some: what decides which models may see it."""

from collections.abc import Iterable

from kg.model import EVERYONE
from qa.answer import Citation
from qa.models.spec import Sensitivity
from qa.recorder import Recorder


def restricted_documents(citations: Iterable[Citation], recorder: Recorder) -> frozenset[str]:
    """The ids of the cited documents that not everyone may see, and of those that are no longer there to tell."""
    ids = sorted({citation.document.id for citation in citations})
    if not ids:
        return frozenset()
    rows = recorder.run("access_of_documents", document_ids=ids)
    return frozenset(ids) - {row["id"] for row in rows if EVERYONE in row["access"]}


def sensitivity_of(citations: Iterable[Citation], restricted: frozenset[str]) -> Sensitivity:
    """ "restricted" when one of the citations is of a restricted document."""
    return "restricted" if any(item.document.id in restricted for item in citations) else "open"
