"""The commands of `evigraph privacy`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api import render
from api.errors import WrongUse
from api.options import Json, opened

privacy = typer.Typer(help="Personal data: found, exported, erased, kept no longer than needed.", no_args_is_help=True)
policy = typer.Typer(help="What each corpus is kept for, and how long.", no_args_is_help=True)
privacy.add_typer(policy, name="policy")

PersonName = Annotated[str, typer.Argument(metavar="NAME", help="A name of the person, or the entity's id.")]
Also = Annotated[
    list[str] | None, typer.Option(metavar="TEXT", help="Another name or number of theirs; may be given repeatedly.")
]


@privacy.command("scan")
def scan_documents(
    document: Annotated[
        str | None, typer.Argument(metavar="[DOCUMENT]", help="By default all.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Personal data found in the documents, by document and kind."""
    from api.privacy import scanned

    with opened() as service:
        found = scanned(service, service.find_document(document) if document else None)
    if as_json:
        render.say_json({"found": found})
        return
    for item in found:
        text = " ".join(item["text"].split())
        render.say(f"{item['title']}  {item['kind']}  {item['start']}-{item['end']}  {text}")
    if not found:
        render.say("No personal data was found.")


@privacy.command("export")
def export_person(
    name: PersonName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The JSON file to write.", dir_okay=False)],
    also: Also = None,
) -> None:
    """Write everything that is held about a person to a file, for them to have."""
    import json

    from api.privacy import export

    if file.exists():
        raise WrongUse(f"{file} exists already; name another file.")
    with opened() as service:
        held = export(service, name, also or [])
    file.touch(mode=0o600)
    file.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    render.say(f"Written: {file}. It is readable by you only; delete it when it was handed over.")


@privacy.command("erase")
def erase_person(
    name: PersonName,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept, without the name.")],
    also: Also = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a person from everything that is held, so that no byte of their names is left; it cannot be undone."""
    from api.privacy import erase, meant, privacy_of
    from governance.identity.principal import OWNER

    with opened() as service:
        person = meant(service, name, also or [])
        documents = privacy_of(service).documents(person)
        if not yes:
            render.note(f"Names: {'; '.join(person.names)}.")
            if person.others:
                render.note(f"These are others' and stay: {'; '.join(person.others)}.")
            render.note(f"{len(documents)} documents are written anew.")
            typer.confirm("Erase this person for good?", abort=True, err=True)
        report = erase(service, person, OWNER, reason).as_json()
    if as_json:
        render.say_json(report)
        return
    counts = ", ".join(f"{count} {what}" for what, count in report["counts"].items() if count)
    render.say(f"Erased: {counts or 'nothing was held'}.")
    for sentence in report["left_in_files"]:
        render.note(sentence)
    if report["remaining"]:
        render.note(f"The name is still held by {', '.join(report['remaining'])}; run it again, or give --also.")
        raise typer.Exit(3)


@privacy.command("erasures")
def list_erasures(as_json: Json = False) -> None:
    """Who was erased is not known any more; when, why and how much is."""
    from governance.privacy.erased import ErasedNames

    with opened() as service:
        records: list[dict[str, Any]] = [asdict(record) for record in ErasedNames(service.database).records()]
    if as_json:
        render.say_json({"erasures": records})
        return
    for item in records:
        render.say(f"{item['at']}  {item['state']}  by {item['by']}: {item['reason']}")


@privacy.command("expire")
def expire_documents(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell which they are.")] = False,
    as_json: Json = False,
) -> None:
    """Remove the documents that are older than their corpus' retention."""
    from api.privacy import expire

    with opened() as service:
        rows = expire(service, dry_run)
    if as_json:
        render.say_json({"removed": [] if dry_run else rows, "expired": rows})
        return
    for row in rows:
        render.say(
            f"{'Expired' if dry_run else 'Removed'}: {row['title']} ({row['corpus']}, {row['ingested_at'][:10]})"
        )
    if not rows:
        render.say("No document is older than its corpus' retention.")


@policy.command("set")
def set_policy(
    corpus: Annotated[str, typer.Argument(metavar="CORPUS")],
    purpose: Annotated[str, typer.Option(metavar="TEXT", help="What its documents are kept for.")],
    retention: Annotated[
        int | None, typer.Option(metavar="DAYS", help="How many days after it was taken in a document is removed.")
    ] = None,
    basis: Annotated[str, typer.Option(metavar="TEXT", help="The legal basis.")] = "",
    as_json: Json = False,
) -> None:
    """Set what a corpus is kept for and how long."""
    from governance.privacy.policies import Policies, Policy

    with opened() as service:
        held = Policies(service.database).put(Policy(corpus, purpose, retention, basis))
    if as_json:
        render.say_json(asdict(held))
    else:
        render.say(_line(asdict(held)))


@policy.command("list")
def list_policies(as_json: Json = False) -> None:
    """The policies of all corpora that have one."""
    from governance.privacy.policies import Policies

    with opened() as service:
        held = [asdict(item) for item in Policies(service.database).all()]
    if as_json:
        render.say_json({"policies": held})
        return
    for item in held:
        render.say(_line(item))
    if not held:
        render.say("No corpus has a policy; `evigraph privacy policy set` sets one.")


def _line(item: dict[str, Any]) -> str:
    days = item["retention_days"]
    basis = f"; {item['legal_basis']}" if item["legal_basis"] else ""
    return f"{item['corpus']}: {item['purpose']}; {f'{days} days' if days else 'without end'}{basis}"
