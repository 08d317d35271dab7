"""Who acts: each door says so, and what is audited is told of them."""

from contextvars import ContextVar

from governance.identity.principal import OWNER, Principal

#: Whoever sits at the machine, unless a door set somebody else for what it does.
ACTING: ContextVar[Principal] = ContextVar("acting", default=OWNER)

#: Who is refused before it is known who they are.
STRANGER = Principal("stranger", frozenset(), (), "none")
