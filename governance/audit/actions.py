"""The verbs of the audit trail, and how an action can end."""

#: What is audited; a new kind of action needs a line here, so that a misspelt one is found at once.
ACTIONS = (
    "approve",
    "ask",
    "audit",
    "compact",
    "cypher",
    "erase",
    "export",
    "flag",
    "ingest",
    "merge",
    "policy",
    "query",
    "read",
    "refused",
    "remove",
    "replay",
    "review",
    "search",
    "sign-in",
    "split",
    "train",
    "users",
    "version",
)

#: An action is begun before it runs, and afterwards done, failed or refused.
BEGUN, DONE, FAILED, REFUSED = OUTCOMES = ("begun", "done", "failed", "refused")
