"""Which variant a user gets, asked by the client of OpenFeature."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from openfeature import api
from openfeature.evaluation_context import EvaluationContext

from governance.flags.model import UnusableFlags
from governance.flags.provider import GROUPS, FlagProvider


@dataclass(frozen=True, slots=True)
class Choice:
    """What a flag says for a user: the variant, and why (`SPLIT`, `TARGETING_MATCH`, `DEFAULT`, `ERROR`).

    `definition` is the digest of the flag as it is set, `shadow` the variant that is to answer too, "" for none;
    `canary`: some users have a variant by percentage.
    """

    key: str
    variant: str
    reason: str
    definition: str = ""
    shadow: str = ""
    canary: bool = False


class Flags:
    """The flags of a provider."""

    def __init__(self, provider: FlagProvider) -> None:
        # A domain of its own: OpenFeature's registry is one for the whole process.
        domain = f"evigraph-{uuid.uuid4().hex}"
        api.set_provider_and_wait(provider, domain)
        self._client = api.get_client(domain)

    def choose(self, key: str, user: str, groups: Sequence[str] | None, otherwise: str) -> Choice:
        """What a user gets; `otherwise` where the flag leaves it to the settings. Raises `UnusableFlags`."""
        context = EvaluationContext(user, {GROUPS: list(groups or ())})
        details = self._client.get_string_details(key, otherwise, context)
        if details.error_code is not None:
            raise UnusableFlags(details.error_message or f"The flag {key} cannot be asked for.")
        told = details.flag_metadata
        shadow = str(told.get("shadow", ""))
        return Choice(
            key,
            details.value,
            str(details.reason),
            str(told.get("definition", "")),
            shadow if shadow != details.value else "",
            bool(told.get("canary")),
        )
