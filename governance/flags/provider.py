"""The flags as providers of OpenFeature (https://openfeature.dev), the standard way to ask which variant who gets."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode, GeneralError
from openfeature.flag_evaluation import FlagMetadata, FlagResolutionDetails, FlagValueType, Reason
from openfeature.provider import AbstractProvider, Metadata

from governance.database import Database, DatabaseError
from governance.flags.book import FlagBook, OnSwitch, nobody_hears
from governance.flags.model import Flag, UnusableFlags

_REASONS = {"percent": Reason.SPLIT, "default": Reason.DEFAULT}
#: The attribute of the evaluation context that names the user's groups.
GROUPS = "groups"


class FlagProvider(AbstractProvider):
    """Every variant is text. The context's targeting key is the user, its attribute `groups` their groups.

    What a flag leaves to the settings is the default value that the caller gives.
    """

    def __init__(self, book: FlagBook) -> None:
        super().__init__()
        self.book = book

    def get_metadata(self) -> Metadata:
        """By which name the provider goes."""
        return Metadata(name=f"evigraph {self.book.source}")

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[str]:
        """The variant of a flag. Raises `GeneralError`, which the client turns into details."""
        context = evaluation_context or EvaluationContext()
        try:
            flag = self.book.current().get(flag_key)
            if flag is None:
                return FlagResolutionDetails(default_value, ErrorCode.FLAG_NOT_FOUND, f"There is no flag {flag_key!r}.")
            variant, why = self._variant(flag, context)
        except (DatabaseError, UnusableFlags) as error:
            raise GeneralError(str(error)) from error
        reason = _REASONS.get(why, Reason.TARGETING_MATCH)
        metadata: FlagMetadata = {
            "definition": flag.digest,
            "shadow": flag.shadow,
            "canary": any(flag.percent.values()),
        }
        if not variant:
            return FlagResolutionDetails(default_value, reason=reason, flag_metadata=metadata)
        return FlagResolutionDetails(variant, reason=reason, variant=variant, flag_metadata=metadata)

    def _variant(self, flag: Flag, context: EvaluationContext) -> tuple[str, str]:
        if self.book.rolled_back(flag) is not None:
            return flag.default, "default"
        groups = context.attributes.get(GROUPS, ())
        listed = [str(group) for group in groups] if isinstance(groups, Sequence) else []
        return flag.variant(context.targeting_key or "", listed)

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[bool]:
        """No flag is of this type."""
        return _mismatch(default_value)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[int]:
        """No flag is of this type."""
        return _mismatch(default_value)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: EvaluationContext | None = None
    ) -> FlagResolutionDetails[float]:
        """No flag is of this type."""
        return _mismatch(default_value)

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[FlagValueType] | Mapping[str, FlagValueType],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Sequence[FlagValueType] | Mapping[str, FlagValueType]]:
        """No flag is of this type."""
        return _mismatch(default_value)


class FileProvider(FlagProvider):
    """The flags of a TOML file, which may change while this runs. Rollbacks are kept in the database."""

    def __init__(self, database: Database, path: Path, on_switch: OnSwitch = nobody_hears) -> None:
        super().__init__(FlagBook(database, path, on_switch))


class DatabaseProvider(FlagProvider):
    """The flags of the operations database, the shipped ones as long as nobody set them."""

    def __init__(self, database: Database, on_switch: OnSwitch = nobody_hears) -> None:
        super().__init__(FlagBook(database, None, on_switch))


def _mismatch[T](value: T) -> FlagResolutionDetails[Any]:
    return FlagResolutionDetails(value, ErrorCode.TYPE_MISMATCH, "The variants of flags are text; ask for a string.")
