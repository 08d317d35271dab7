"""What several commands of the command line share: their options, and the service that they work on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from api.service import Service

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
As = Annotated[
    str | None, typer.Option("--as", metavar="USER", help="See only what this user of the settings may see.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As things stood on this day, YYYY-MM-DD; by default whenever."),
]
Tier = Annotated[
    Literal["none", "small", "large"] | None,
    typer.Option(help="Which model may write the answer; by default the policy decides."),
]
Document = Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its id, URI or path, or its title or file name.")]
EntityName = Annotated[str, typer.Argument(metavar="NAME", help="A name of the entity, or its id.")]


@contextmanager
def opened() -> Iterator["Service"]:
    """The service on the graph of the settings, closed afterwards."""
    from api.service import open_service
    from api.settings import load_settings

    with open_service(load_settings()) as service:
        yield service
