"""No byte of a hidden document, entity or fact is shown by a command with `--as USER`."""

import json
import random

import pytest
from anyio.from_thread import start_blocking_portal
from doors import Run
from hidden_world import Wish, leaked, settle

from api.service import open_service
from api.settings import load_settings


def test_nothing_hidden_is_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_service(load_settings()) as service, start_blocking_portal() as portal:
        place = settle(service, portal, users=8)
    users = {member.principal.user: list(member.principal.groups or ()) for member in place.members}
    monkeypatch.setenv("EVIGRAPH_USERS", json.dumps(users))
    draw, told = random.Random(12), 0
    for number in range(32):
        member, name = place.members[number % len(place.members)], draw.choice(place.names)
        arguments = (
            ("entities", name, "--json"),
            ("query", "evidence_about", f"name={name}", "--format", "json"),
            ("ask", f"Who owns {name}?", "--json"),
            ("search", name, "--json"),
        )[number // 8]
        outcome = run(*arguments, "--as", member.principal.user)
        assert not leaked(member, Wish("cli", " ".join(arguments), str), outcome.out + outcome.err), arguments
        told += outcome.code == 0
    assert told > 16
