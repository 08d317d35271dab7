"""What is sent to the HTTP API as JSON."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.cypher import MOST_CHARACTERS, MOST_ROWS, MOST_SECONDS, ROWS, SECONDS
from qa.answer import Tier

MOST_DEADLINE = 600.0


class AskBody(BaseModel):
    """A question; `as` names a user of the settings whose access it is answered with, `as_of` a day (YYYY-MM-DD).

    `stakes`: what a wrong answer costs; `deadline_s`: in how many seconds the answer must be there, whoever writes it.
    """

    model_config = ConfigDict(extra="forbid")

    question: str
    tier: Tier | None = None
    user: str | None = Field(default=None, alias="as")
    as_of: str | None = None
    stakes: Literal["low", "normal", "high"] = "normal"
    deadline_s: float | None = Field(default=None, gt=0, le=MOST_DEADLINE)


class SearchBody(BaseModel):
    """Words to search passages for; `as` and `as_of` as for a question."""

    model_config = ConfigDict(extra="forbid")

    query: str
    k: int = Field(default=10, ge=1, le=100)
    user: str | None = Field(default=None, alias="as")
    as_of: str | None = None


class CypherBody(BaseModel):
    """A statement that only reads, with the most rows and seconds that it may take; `as` as for a question."""

    model_config = ConfigDict(extra="forbid")

    cypher: str = Field(max_length=MOST_CHARACTERS)
    parameters: dict[str, Any] = Field(default_factory=dict)
    limit: int = Field(default=ROWS, ge=1, le=MOST_ROWS)
    timeout_s: float = Field(default=SECONDS, gt=0, le=MOST_SECONDS)
    user: str | None = Field(default=None, alias="as")


class DraftBody(BaseModel):
    """A question to draft a statement for; `as` as for a question."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=MOST_CHARACTERS)
    user: str | None = Field(default=None, alias="as")


class MergeBody(BaseModel):
    """The entity, by id or name, that another one is the same as; `as` names the user who says so."""

    model_config = ConfigDict(extra="forbid")

    into: str
    user: str | None = Field(default=None, alias="as")


class SplitBody(BaseModel):
    """A name that is not its entity's; `as` names the user who says so."""

    model_config = ConfigDict(extra="forbid")

    name: str
    user: str | None = Field(default=None, alias="as")
