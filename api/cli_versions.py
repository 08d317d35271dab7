"""The commands of `evigraph versions`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api import render
from api.options import Json, opened

if TYPE_CHECKING:
    from governance.versions.registry import Version
    from governance.versions.releases import Release

versions = typer.Typer(
    help="The versions of all that answers depend on, and which of them are active.", no_args_is_help=True
)
Reference = Annotated[str, typer.Argument(metavar="NAME_OR_DIGEST", help="NAME, KIND:NAME, or six digits or more.")]


@versions.command("list")
def list_versions(as_json: Json = False) -> None:
    """All versions that are kept, the releases, and the activations."""
    with opened() as service:
        now = {(item.kind, item.digest) for item in service.versioning.register_present()}
        operations = service.operations
        kept, releases = operations.registry.versions(), operations.releases.all()
        active, history = operations.releases.active(), operations.releases.history()
    if as_json:
        render.say_json(
            {
                "versions": [{**_shown(item), "in_use": (item.kind, item.digest) in now} for item in kept],
                "releases": [_shown_release(item) for item in releases],
                "active": active.called if active else None,
                "history": [
                    {"at": item.at, "by": item.by, "how": item.how, "release": item.release and item.release.called}
                    for item in history
                ],
            }
        )
        return
    for item in kept:
        used = "*" if (item.kind, item.digest) in now else " "
        render.say(f"{used} {item.kind:<12} {item.called}  {item.source}, {item.registered_at[:10]}")
    for release in releases:
        used = "*" if active and active.digest == release.digest else " "
        named = ", ".join(f"{kind} {digest[:12]}" for kind, digest in sorted(release.versions.items()))
        render.say(f"{used} release      {release.called}  {named}")
    render.say("* in use" + ("" if active else "; no release is active, so what the settings name holds"))


@versions.command("show")
def show_version(reference: Reference, as_json: Json = False) -> None:
    """One version with its content, where that is kept, or one release."""
    with opened() as service:
        service.versioning.register_present()
        release = service.operations.releases.find(reference)
        version = None if release else service.operations.registry.find(reference)
    if release:
        render.say_json(_shown_release(release))
    elif version and as_json:
        content = None if version.content is None else version.content.decode("utf-8", "replace")
        render.say_json({**_shown(version), "content": content})
    elif version:
        render.say(f"{version.kind} {version.name}\nsha256 {version.digest}\nfrom {version.source}")
        if version.content is not None:
            render.say()
            render.show_text(version.content.decode("utf-8", "replace"))


@versions.command("diff")
def diff_versions(
    one: Annotated[str, typer.Argument(metavar="A", help="One version.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another one of its kind.")],
    as_json: Json = False,
) -> None:
    """In what two versions differ."""
    from governance.versions.registry import diff

    with opened() as service:
        service.versioning.register_present()
        found = [service.operations.registry.find(reference) for reference in (one, other)]
    text = diff(found[0], found[1])
    if as_json:
        render.say_json({"one": found[0].called, "other": found[1].called, "diff": text})
    else:
        render.show_text(text or "They are the same.\n")


@versions.command("add")
def add_version(
    kind: Annotated[Literal["ontology", "policy", "models", "prompt"], typer.Argument(metavar="KIND")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An ontology, a policy, a file of models or a prompt.")],
    as_json: Json = False,
) -> None:
    """Keep a version of a file, so that it can be activated; it is checked first."""
    with opened() as service, service.audited("version", f"add {kind}") as told:
        version = service.versioning.add(kind, file)
        told["digest"] = version.digest
    if as_json:
        render.say_json(_shown(version))
    else:
        render.say(
            f"Kept: {version.kind} {version.called}; `evigraph versions activate {version.digest[:12]}` uses it."
        )


@versions.command("activate")
def activate_version(
    reference: Reference,
    name: Annotated[str | None, typer.Option(help="What to call the release that this makes.")] = None,
    as_json: Json = False,
) -> None:
    """Use a version, or all of a release, for whatever is asked and ingested from now on."""
    with opened() as service, service.audited("version", f"activate {reference}") as told:
        release = service.versioning.activate(reference, name)
        told["release"] = release.digest
    if as_json:
        render.say_json(_shown_release(release))
    else:
        render.say(f"Active: {release.called}; `evigraph versions rollback` goes back.")


@versions.command("rollback")
def rollback_version(as_json: Json = False) -> None:
    """Go back to the release that was active before, or to what the settings name."""
    with opened() as service, service.audited("version", "rollback") as told:
        release = service.versioning.rollback()
        told["release"] = release.digest if release else None
    if as_json:
        render.say_json(_shown_release(release) if release else None)
    else:
        render.say(f"Active: {release.called}." if release else "No release is active: what the settings name holds.")


def _shown(version: "Version") -> dict[str, Any]:
    columns = ("kind", "name", "digest", "source", "registered_at")
    return {**{name: getattr(version, name) for name in columns}, "kept": version.content is not None}


def _shown_release(release: "Release") -> dict[str, Any]:
    columns = ("name", "digest", "made_at")
    return {**{name: getattr(release, name) for name in columns}, "versions": dict(release.versions)}
