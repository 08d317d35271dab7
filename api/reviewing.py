"""The review queue of a service, and who acts on it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from api import parts
from api.errors import WrongUse
from api.service import Service
from governance.identity.principal import OWNER, Principal

# SQLAlchemy is slow to import: whoever needs no database does not wait for it.
if TYPE_CHECKING:
    from api.governed import Governed
    from governance.database import Database
    from governance.review.items import Item, Verdict
    from governance.review.queue import ReviewQueue

_ROLE = "role:"


def review_queue(service: "Governed") -> "ReviewQueue":
    """The queue on the graph and the database of a service.

    Raises `UnusableReviewPolicy`, `OntologyError`, `DatabaseError`.
    """
    from governance.access.policy import Access
    from governance.review.policy import load_review_policy
    from governance.review.queue import ReviewQueue

    settings = service.settings

    def grant(user: str, wanted: str) -> None:
        give(service.database, Access(settings.access_policy), user, wanted)

    return ReviewQueue(
        service.database,
        service.store,
        parts.ontology(settings),
        load_review_policy(settings.review_policy),
        writing=service.writing,
        grant=grant,
    )


def give(database: "Database", access: Any, user: str, wanted: str) -> None:
    """Give a local user a group, or a role as "role:NAME". Raises `AccountError`, `WrongUse`."""
    from governance.identity.users import Users

    users = Users(database)
    found = users.find(user)
    if found is None:
        raise WrongUse(
            f"{user} is no local user: who signs in by an issuer, or stands in evigraph.toml, is given access there."
        )
    held = found[0]
    if wanted.startswith(_ROLE):
        role = wanted.removeprefix(_ROLE)
        access.check_roles([role])
        users.change(user, None, sorted({*held.roles, role}))
    else:
        users.change(user, sorted({*held.groups, wanted}), None)


def decide(
    service: Service, who: Principal, identity: str, verdict: "Verdict", reason: str, text: str | None = None
) -> "Item":
    """Decide an item, in the audit trail. Raises as `ReviewQueue.decide` does."""
    with service.audited("approve", identity, by=who.user, verdict=verdict, reason=reason) as told:
        item = service.queue.decide(identity, who, verdict, reason, text)
        told |= {"kind": item.kind, "state": item.state}
    return item


def request_access(service: Service, who: Principal, wanted: str, reason: str) -> "Item":
    """Ask for a group or a role, in the audit trail. Raises `ReviewRefused`."""
    with service.audited("review", wanted, by=who.user, reason=reason) as told:
        item = service.queue.request(who, wanted, reason)
        told["item"] = item.id
    return item


def local_principal(service: Service, user: str | None) -> Principal:
    """Who acts at the command line: the owner of the machine, or on their behalf a user of the settings, who sees what
    that user may see. Raises `WrongUse`.
    """
    if user is None:
        return OWNER
    groups = service.groups_of(user)
    return Principal(user, OWNER.roles, None if groups is None else tuple(groups), OWNER.how)


def as_shown(item: "Item") -> dict[str, Any]:
    """An item as the doors give it: without who may see it."""
    shown = asdict(item)
    del shown["documents"]
    shown["payload"] = {name: value for name, value in shown["payload"].items() if name != "groups"}
    return shown
