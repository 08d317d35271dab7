"""The HTTP API's endpoints for feature flags."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from api.access import Serving, permit
from api.flagging import Flagging, as_shown
from api.problems import ExplainedRoute
from governance.flags.book import Change
from governance.flags.model import as_data
from governance.flags.shadow import compared
from governance.identity.principal import Principal

if TYPE_CHECKING:
    pass

flags = APIRouter(prefix="/v1/flags", tags=["flags"], route_class=ExplainedRoute)


class FlagBody(BaseModel):
    """What is to change of a flag, and why; what is not given stays. A user's, group's or shadow's variant "" takes it
    away, as a share of 0 does."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=2000)
    default: str | None = None
    percent: dict[str, Annotated[float, Field(ge=0, le=100)]] = Field(default_factory=dict)
    users: dict[str, str] = Field(default_factory=dict)
    groups: dict[str, str] = Field(default_factory=dict)
    shadow: str | None = None


def _flagging(service: Serving) -> Flagging:
    return service.flagging


_Flags = Annotated[Flagging, Depends(_flagging)]
_Manager = Annotated[Principal, Depends(permit("manage_flags"))]


@flags.get("")
def list_flags(who: _Manager, flagging: _Flags) -> dict[str, Any]:
    """The flags: their variants, and which of them who gets."""
    return {"flags": [as_shown(flagging, key) for key in sorted(flagging.book.current())]}


@flags.get("/{key}")
def get_flag(who: _Manager, service: Serving, flagging: _Flags, key: str) -> dict[str, Any]:
    """One flag, with its last changes and how its shadows answered."""
    shown = as_shown(flagging, key)
    history = [asdict(item) for item in flagging.book.history(key)]
    return {**shown, "history": history, "compared": compared(service.database, key)}


@flags.put("/{key}")
def set_flag(who: _Manager, service: Serving, flagging: _Flags, key: str, body: FlagBody) -> dict[str, Any]:
    """Change a flag; the flag as it is then."""
    change = Change(body.default, body.percent, body.users, body.groups, body.shadow)
    with service.audited("flag", key, reason=body.reason) as told:
        flagging.book.switch(who.user, key, change, body.reason)
        told["now"] = as_data(flagging.book.get(key))
    return as_shown(flagging, key)
