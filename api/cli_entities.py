"""The commands of `evigraph entities`."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from api import render
from api.options import As, EntityName, Json, opened


class _ShowsByDefault(TyperGroup):
    """A group whose command `show` may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # typer keeps the context's class to itself
        """Put `show` before arguments that begin with no command of the group."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["show", *args]
        return super().parse_args(ctx, args)


entities = typer.Typer(
    cls=_ShowsByDefault,
    help="Who and what goes by a name: `evigraph entities NAME`; and which names are one entity's.",
    no_args_is_help=True,
)


@entities.command("show")
def show_entities(name: EntityName, as_json: Json = False, user: As = None) -> None:
    """The entities that go by a name or one like it, and why other names were merged with theirs.

    The word show may be left out, unless the name is one of these commands.
    """
    with opened() as service:
        found = service.entities(name, service.groups_of(user))
    if as_json:
        render.say_json({"entities": found})
    else:
        render.show_entities(found, name)


@entities.command("merge")
def merge_entities(
    name: EntityName,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The entity that it is the same as.")],
    as_json: Json = False,
    user: As = None,
) -> None:
    """Say that two entities are one; this holds whatever later documents say."""
    with opened() as service:
        merged = service.merge(name, into, user, service.groups_of(user))
    if as_json:
        render.say_json({"merged": merged})
    else:
        render.show_entities([merged], name)


@entities.command("split")
def split_entity(
    name: EntityName,
    from_name: Annotated[
        str | None, typer.Argument(metavar="[FROM]", help="One name to be kept apart from; by default all others.")
    ] = None,
    as_json: Json = False,
    user: As = None,
) -> None:
    """Say that a name is not the entity that it was merged into; this holds whatever later documents say."""
    with opened() as service:
        parts = service.split(name, from_name, user, groups=service.groups_of(user))
    if as_json:
        render.say_json({"entities": parts})
    else:
        render.show_entities(parts, name)
