"""What each error means at the doors: the sentence, the command's exit code and the HTTP status."""

import sys
from dataclasses import dataclass


class WrongUse(Exception):
    """What was asked for is not something that can be asked for; the message is one sentence."""


class NotAllowed(Exception):
    """The caller may not do this; the message is one sentence."""


class NotHeld(LookupError):
    """No such document, entity or the like in the graph; the message is one sentence."""


class Ambiguous(LookupError):
    """Several documents go by what was given; the message is one sentence that names them."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """An error for people: one sentence, the command's exit code, the HTTP status."""

    sentence: str
    exit_code: int
    status: int


# By module and class, so that a door can tell an error apart without importing the libraries that it does not use:
# an error can only have been raised by a module that is loaded.
_KNOWN = (
    ("api.errors", "WrongUse", 2, 422),
    ("api.errors", "NotAllowed", 1, 403),
    ("api.errors", "NotHeld", 1, 404),
    ("api.errors", "Ambiguous", 1, 409),
    ("api.serving", "PortTaken", 1, 503),
    ("api.settings", "UnusableSettings", 2, 503),
    ("kg.store", "StoreError", 1, 503),
    ("kg.catalogue", "UnknownQuery", 1, 404),
    ("kg.reading.statement", "StatementRefused", 1, 422),
    ("kg.reading.reader", "ReaderBusy", 1, 429),
    ("kg.ontology", "OntologyError", 1, 503),
    ("kg.resolution.manual", "MergeRefused", 1, 409),
    ("kg.embedding", "EmbeddingModelMissing", 1, 503),
    ("extraction.document", "UnreadableDocument", 1, 422),
    ("extraction.corpora.annotated", "UnreadableCorpus", 1, 422),
    ("extraction.training", "TrainingUnavailable", 1, 503),
    ("governance.database", "DatabaseError", 1, 503),
    ("governance.audit.entry", "AuditError", 1, 503),
    ("governance.answers", "NoSuchAnswer", 1, 404),
    ("governance.answers", "AnswerWithdrawn", 1, 410),
    ("governance.provenance.proof", "NotWhole", 1, 422),
    ("governance.provenance.carry", "UnusableGraphFile", 2, 422),
    ("governance.provenance.carry", "GraphNotEmpty", 1, 409),
    ("governance.versions.registry", "NoSuchVersion", 1, 404),
    ("governance.versions.registry", "UnusableVersion", 1, 422),
    ("governance.versions.releases", "NothingToRollBack", 1, 409),
    ("governance.access.errors", "NotPermitted", 1, 403),
    ("governance.access.errors", "UnusableAccessPolicy", 2, 503),
    ("governance.identity.errors", "AccountError", 1, 422),
    ("governance.identity.errors", "UnusableIssuer", 2, 503),
    ("governance.identity.errors", "IssuerUnavailable", 1, 503),
    ("kg.fact_reviews", "FactReviewRefused", 1, 409),
    ("governance.review.items", "NoSuchItem", 1, 404),
    ("governance.review.items", "ReviewRefused", 1, 409),
    ("governance.review.policy", "UnusableReviewPolicy", 2, 503),
    ("governance.flags.book", "UnknownFlag", 1, 404),
    ("governance.flags.model", "UnusableFlags", 2, 422),
    ("governance.privacy.erasure", "NobodyFound", 1, 404),
    ("governance.privacy.erasure", "NamedByOntology", 1, 409),
    ("governance.privacy.policies", "UnusablePolicy", 2, 422),
    ("qa.ask", "EmptyQuestion", 2, 422),
    ("qa.verify", "UnverifiedAnswer", 1, 503),
    ("qa.draft", "NoDraft", 1, 503),
    ("qa.models.spec", "UnusableModels", 2, 503),
    ("qa.routing.policy", "UnusablePolicy", 2, 503),
    ("qa.budget", "LedgerError", 1, 503),
    ("qa.observer", "AskCancelled", 1, 499),
    ("qa.evaluate", "UnusableQuestions", 1, 422),
)


def explain(error: Exception) -> Meaning:
    """What to tell the user about any error whatever."""
    for module, name, exit_code, status in _KNOWN:
        kind = getattr(sys.modules.get(module), name, None)
        if kind is not None and isinstance(error, kind):
            return Meaning(str(error), exit_code, status)
    if isinstance(error, OSError) and error.strerror:
        place = f" {error.filename}" if error.filename else ""
        return Meaning(f"{error.strerror}:{place or ' the file or connection'}; check it and try again.", 1, 500)
    sentence = (
        f"Something unexpected went wrong ({type(error).__name__}); "
        "run it again with EVIGRAPH_DEBUG=1 and report what it prints."
    )
    return Meaning(sentence, 1, 500)
