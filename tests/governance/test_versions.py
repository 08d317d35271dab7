"""governance.versions: kept once by their content, found, compared, activated, rolled back."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from governed import NOTES, add, served

from api import parts
from governance.database import Database
from governance.versions.files import VersionFiles
from governance.versions.registry import NoSuchVersion, Registry, UnusableVersion, Version, diff, version_of
from governance.versions.releases import NothingToRollBack, Releases
from kg.ontology import DEFAULT_ONTOLOGY, OntologyError
from qa.models.spec import load_models
from qa.routing.policy import SHIPPED
from qa.versions import code, fitted, models_text

ONE, TWO = (version_of("policy", "rules", text, "policy.toml") for text in (b"one\nsame\n", b"two\nsame\n"))
ONTOLOGY = version_of("ontology", "words", b"@prefix : <urn:x#> .\n", "words.ttl")
WEIGHTS = Version("ranking", "ranking", "ab" * 32, None, "weights.toml")


@pytest.fixture
def registry(database: Database) -> Registry:
    kept = Registry(database)
    kept.register([ONE, TWO, ONTOLOGY, WEIGHTS])
    return kept


@pytest.fixture
def releases(database: Database, registry: Registry) -> Releases:
    return Releases(database, registry)


def test_a_content_is_kept_once_under_its_digest(database: Database, registry: Registry) -> None:
    before = registry.versions()
    with ThreadPoolExecutor(4) as executor:
        list(executor.map(lambda _: Registry(database).register([ONE, TWO]), range(8)))
    assert registry.versions() == before
    assert {item.digest for item in before} == {ONE.digest, TWO.digest, ONTOLOGY.digest, WEIGHTS.digest}
    assert registry.find(ONE.digest).content == b"one\nsame\n"
    assert ONE.digest == hashlib.sha256(b"one\nsame\n").hexdigest()


def test_a_digest_that_is_not_its_contents_is_refused(registry: Registry) -> None:
    with pytest.raises(UnusableVersion, match="does not have this content"):
        registry.register([Version("policy", "rules", "cd" * 32, b"three", "policy.toml")])


def test_versions_are_found(registry: Registry) -> None:
    for reference in (ONE.digest, ONE.digest[:8], ONE.called, f"policy:{ONE.digest[:12]}"):
        assert registry.find(reference).digest == ONE.digest
    assert registry.find("words") == registry.find("ontology:words")
    assert registry.recorded("policy", f"learned 1@{'0' * 12}; {TWO.called}") == registry.find(TWO.digest)
    assert registry.recorded("ontology", TWO.called) is None
    with pytest.raises(NoSuchVersion, match=f"2 versions go by 'rules'.*{TWO.digest[:12]}"):
        registry.find("rules")
    for reference in ("nothing", "ontology:rules", "%", ""):
        with pytest.raises(NoSuchVersion, match="There is no version"):
            registry.find(reference)


def test_what_two_versions_differ_in(registry: Registry) -> None:
    assert diff(ONE, TWO).splitlines()[2:] == ["@@ -1,2 +1,2 @@", "-one", "+two", " same"]
    assert diff(ONE, ONE) == ""
    with pytest.raises(UnusableVersion, match=r"of kind policy and .* of kind ontology"):
        diff(ONE, ONTOLOGY)
    with pytest.raises(UnusableVersion, match="only digests"):
        diff(WEIGHTS, Version("ranking", "ranking", "ef" * 32, None, ""))


def test_activations_are_a_stack(releases: Releases) -> None:
    assert releases.active() is None
    first = releases.activate(ONE.digest, "maria", "spring")
    second = releases.activate("ontology:words", "maria")
    third = releases.activate(TWO.digest, "sven")
    assert (first.name, dict(first.versions)) == ("spring", {"policy": ONE.digest})
    assert (second.name, dict(second.versions)) == ("release 2", {"policy": ONE.digest, "ontology": ONTOLOGY.digest})
    assert dict(third.versions) == {"policy": TWO.digest, "ontology": ONTOLOGY.digest}
    assert releases.active() == third
    assert releases.rollback("sven") == second
    assert releases.rollback("sven") == first == releases.active()
    again = releases.activate(third.called, "maria")
    assert again == third
    assert releases.rollback("sven") == first
    assert releases.rollback("sven") is None
    assert releases.active() is None
    with pytest.raises(NothingToRollBack):
        releases.rollback("sven")
    told = [(item.how, item.by, item.release.name if item.release else None) for item in releases.history()]
    assert told[:3] == [("rollback", "sven", None), ("rollback", "sven", "spring"), ("activate", "maria", third.name)]
    assert len(told) == 8


def test_the_same_versions_are_the_same_release(releases: Releases) -> None:
    first = releases.activate(ONE.digest, "maria")
    releases.activate(TWO.digest, "maria")
    assert releases.activate(ONE.digest, "maria") == first
    assert len(releases.all()) == 2
    with pytest.raises(UnusableVersion, match="of other versions already"):
        releases.activate(ONTOLOGY.digest, "maria", first.name)
    assert len(releases.history()) == 3


def test_only_what_is_kept_can_be_activated(releases: Releases) -> None:
    with pytest.raises(UnusableVersion, match="cannot be activated"):
        releases.activate("ranking", "maria")
    with pytest.raises(NoSuchVersion):
        releases.activate("summer", "maria")
    assert releases.active() is None


def test_files_hold_the_content_under_its_name() -> None:
    files = VersionFiles()
    path = files.path(ONTOLOGY)
    assert (path.stem, path.read_bytes()) == ("words", ONTOLOGY.content)
    assert files.path(ONTOLOGY) == path
    assert files.path(ONE) != files.path(TWO)
    files.close()
    assert not path.exists()
    with pytest.raises(UnusableVersion):
        files.path(WEIGHTS)


def test_models_as_text_are_read_back_the_same(tmp_path: Path) -> None:
    models = load_models(changes={"large": {"model": 'my "model" ü', "timeout": 1e-05}})
    file = tmp_path / "models.toml"
    file.write_text(models_text(models), encoding="utf-8")
    assert load_models(file) == models
    assert models_text(load_models(file)) == models_text(models)


def test_weights_and_code_are_named_by_their_content() -> None:
    assert {kind: part.source for kind, part in fitted().items()} == {
        "ranking": "qa/ranking/weights.toml",
        "support": "qa/support.py",
        "verification": "qa/verification",
    }
    root = Path(__file__).resolve().parents[2] / "qa"
    files = {"ranking": ["weights.toml"], "verification": ["weights.toml", "model/entailment.onnx", "model/head.npz"]}
    for kind, names in files.items():
        held = b"".join((root / kind / name).read_bytes() for name in names)
        assert fitted()[kind].digest == hashlib.sha256(held).hexdigest()
    assert len(code().digest) == 64


def test_an_activated_version_is_what_later_asks_use(tmp_path: Path) -> None:
    """Also by another process at the same time, and no longer once it was rolled back."""
    policy, words = tmp_path / "strict.toml", tmp_path / "words.ttl"
    policy.write_text(SHIPPED.read_text().replace('version = "2"', 'version = "strict"'))
    words.write_text(DEFAULT_ONTOLOGY.read_text().replace('"owns"', '"has the care of"'))
    with served(tmp_path, f"sqlite:///{tmp_path / 'o.db'}") as service:
        add(service, "atlas.md", NOTES["atlas.md"])
        before = service.ask("Who owns Atlas?")
        kept = {kind: service.versioning.add(kind, file) for kind, file in (("policy", policy), ("ontology", words))}
        for version in kept.values():
            service.versioning.activate(version.digest)
        after = service.ask("Who owns Atlas?")
        assert after.trace.versions.policy == kept["policy"].called
        assert after.trace.versions.ontology.endswith(kept["ontology"].digest[:12])
        assert (after.trace.versions.policy, after.cached) != (before.trace.versions.policy, True)
        service.versioning.rollback()
        assert service.ask("Who owns Atlas?").trace.versions.policy == kept["policy"].called
        service.versioning.rollback()
        back = service.ask("Who owns Atlas?")
        assert back.trace.versions == before.trace.versions
        listed = {(item.kind, item.digest) for item in service.operations.registry.versions()}
        assert {(kind, version.digest) for kind, version in kept.items()} <= listed


def test_models_and_prompts_are_activated_too(tmp_path: Path) -> None:
    prompt, models = tmp_path / "brief.txt", tmp_path / "few.toml"
    prompt.write_text("Be brief.")
    models.write_text(models_text(load_models(changes={"large": {"model": "another"}})))
    with served(tmp_path, f"sqlite:///{tmp_path / 'o.db'}") as service:
        for kind, file in (("prompt", prompt), ("models", models)):
            service.versioning.activate(service.versioning.add(kind, file).digest)
        active = service.operations.in_force()
        assert parts.prompt(active) == "Be brief."
        assert parts.models(active) == load_models(models)
        service.versioning.rollback()
        service.versioning.rollback()
        assert parts.prompt(service.operations.in_force()) is None


def test_a_file_that_cannot_be_used_is_not_kept(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("this is no Turtle")
    with served(tmp_path, f"sqlite:///{tmp_path / 'o.db'}") as service:
        with pytest.raises(OntologyError, match="not valid Turtle"):
            service.versioning.add("ontology", broken)
        assert not service.operations.registry.versions()
