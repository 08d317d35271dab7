"""What each role may do: a policy that Casbin decides on (RBAC with a hierarchy of roles)."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import casbin  # type: ignore[import-untyped]

from governance.access.errors import NotPermitted as NotPermitted
from governance.access.errors import UnusableAccessPolicy as UnusableAccessPolicy
from governance.identity.errors import AccountError
from governance.identity.principal import EVERY_GROUP, Principal, ScopedPrincipal
from kg.model import EVERYONE

#: What there is to be allowed, and what it lets one do.
PERMISSIONS = {
    "ask": "ask questions",
    "search": "search passages",
    "read_graph": "read documents, entities, facts and paths",
    "run_query": "run named queries and analyses",
    "run_cypher": "run Cypher of one's own, for who may see every document",
    "export": "take answers and data out",
    "ingest": "bring documents in",
    "remove": "remove documents",
    "merge": "say that names are one entity's, or are not",
    "review": "work on what waits for review",
    "approve": "approve or refuse what was reviewed",
    "manage_users": "manage users and keys",
    "manage_versions": "manage versions of models, prompts and policies",
    "manage_flags": "turn features on and off",
    "read_audit": "read the audit trail",
    "erase": "erase what is held of a person",
    "act_as": "ask with the access of another user",
    "see_all": "see every document, whichever groups may",
}
_HERE = Path(__file__).parent
_MODEL = _HERE / "model.conf"
_SHIPPED = _HERE / "policy.csv"
_GROUP = "group:"


class Access:
    """A policy of who may do what."""

    def __init__(self, policy: Path | None = None) -> None:
        """Load a policy file, None for the shipped one. Raises `UnusableAccessPolicy`."""
        self._enforcer = casbin.Enforcer(str(_MODEL))
        self._roles: set[str] = set()
        for kind, subject, object_ in _rules(policy or _SHIPPED):
            if kind == "p":
                self._enforcer.add_policy(subject, object_)
            else:
                self._enforcer.add_grouping_policy(subject, object_)
            self._roles |= {name for name in (subject, object_ if kind == "g" else "") if name and ":" not in name}
        self._grants = lru_cache(maxsize=4096)(self._decide)

    @property
    def roles(self) -> list[str]:
        """The roles that the policy knows."""
        return sorted(self._roles)

    def grants(self, subject: str, permission: str) -> bool:
        """Whether the policy gives a permission to a role, or to a group as "group:NAME"."""
        if permission not in PERMISSIONS:
            raise KeyError(permission)
        return self._grants(subject, permission)

    def allows(self, principal: Principal, permission: str) -> bool:
        """Whether somebody may do something: by a role or group, and within the scopes of their key.

        The owner of the machine may do everything.
        """
        if isinstance(principal, ScopedPrincipal) and not any(
            scope == permission or self.grants(scope, permission) for scope in principal.scopes
        ):
            return False
        if principal.how == "owner":
            return True
        # A role never has a colon, so none can pass for a group.
        subjects = [role for role in principal.roles if ":" not in role]
        groups = (EVERY_GROUP, EVERYONE) if principal.groups is None else principal.groups
        subjects += [_GROUP + group for group in groups]
        return any(self.grants(subject, permission) for subject in subjects)

    def require(self, principal: Principal, permission: str) -> None:
        """Raises `NotPermitted` unless somebody may do something."""
        if not self.allows(principal, permission):
            raise NotPermitted(
                f"{principal.user} may not {PERMISSIONS[permission]}; that takes the permission {permission}."
            )

    def check_roles(self, roles: Iterable[str]) -> None:
        """Raises `AccountError` for a role that the policy does not know."""
        for role in roles:
            if role not in self._roles:
                raise AccountError(f"There is no role {role!r} in the access policy, but {', '.join(self.roles)}.")

    def check_scopes(self, scopes: Iterable[str], roles: Iterable[str]) -> None:
        """Raises `AccountError` for a scope that is no permission or role, or that gives nothing to these roles."""
        held = {name for name in PERMISSIONS if any(self.grants(role, name) for role in roles)}
        for scope in scopes:
            if scope not in PERMISSIONS and scope not in self._roles:
                known = ", ".join([*self.roles, *PERMISSIONS])
                raise AccountError(f"{scope!r} is neither a role nor a permission; there are {known}.")
            if scope not in held and not any(self.grants(scope, name) for name in held):
                raise AccountError(f"The scope {scope!r} holds nothing that the user may do, who has: {_listed(held)}.")

    def _decide(self, subject: str, permission: str) -> bool:
        return bool(self._enforcer.enforce(subject, permission))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _rules(path: Path) -> Iterator[tuple[str, str, str]]:
    """The rules of a policy file. Casbin passes over what it does not know; here that is an error."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UnusableAccessPolicy(f"The access policy {path} cannot be read ({reason}); check its path.") from error
    granted = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = [field.strip() for field in line.split(",")]
        if len(fields) != 3 or fields[0] not in ("p", "g") or not all(fields):
            raise UnusableAccessPolicy(
                f'Line {number} of the access policy {path} is neither "p, ROLE, PERMISSION" nor "g, ROLE, OTHER".'
            )
        kind, subject, object_ = fields
        if kind == "p" and object_ not in PERMISSIONS:
            known = ", ".join(PERMISSIONS)
            raise UnusableAccessPolicy(
                f"Line {number} of the access policy {path} names no permission: {object_!r}; there are {known}."
            )
        granted += kind == "p"
        yield kind, subject, object_
    if not granted:
        raise UnusableAccessPolicy(f"The access policy {path} lets nobody do anything; give it a line of p.")
