"""Whether the audit trail is what was written: a pure function over its rows and the signed marks about them."""

import bisect
import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from governance.audit.entry import FIELDS, GENESIS, Field, Mark, Row, commitment, digest
from governance.audit.erasing import listed
from governance.audit.keys import Check, Kind

#: A checkpoint is written at every entry whose number this divides.
EVERY = 100
# Of so many changed entries it is looked up whether they stand in each other's place.
_COMPARED = 50
_CHANGED = "its content is not what its hash was made of"
_UNSIGNED = "its signature is not the trail's: inserted, or edited with its hash made anew"

FaultKind = Literal[
    "inserted", "edited", "deleted", "reordered", "truncated", "signature", "forged", "erased", "missing"
]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the entries from `seq` to `until`; `told` explains it, for the first of them."""

    seq: int
    until: int
    kind: FaultKind
    told: str

    def __str__(self) -> str:
        place = f"entry {self.seq}" if self.seq == self.until else f"entries {self.seq} to {self.until}"
        return f"{place}: {self.kind}: {self.told}"


@dataclass(frozen=True, slots=True)
class Marks:
    """All signed marks: the head and checkpoints of the database, and those of the files (`filed`).

    `damaged` are sentences about files that could not be read.
    """

    head: Mark | None
    checkpoints: Sequence[Mark]
    filed_head: Mark | None
    filed: Sequence[Mark]
    damaged: Sequence[str] = ()

    def named(self) -> Iterator[tuple[Kind, str, Mark]]:
        """Each mark with its kind and what to call it."""
        for name, head in (("head in the database", self.head), ("head file", self.filed_head)):
            if head is not None:
                yield "head", name, head
        for name, checkpoints in (("checkpoint in the database", self.checkpoints), ("checkpoint file", self.filed)):
            for checkpoint in checkpoints:
                yield "checkpoint", name, checkpoint


def faults(rows: Iterable[Row], marks: Marks, signed: Check) -> list[Fault]:
    """All faults of a trail, none for one that is whole: in order of place, after all others the values that are gone.

    Those may only follow from another fault: the entry that told of their erasure is missing or changed.

    `rows` are the entries in order of their numbers, `signed` checks signatures with the trail's public key.
    """
    chain = _Chain(signed)
    for row in rows:
        chain.take(row)
    found = [*chain.found, *chain.changed_or_moved()]
    found += _marks_against(chain, marks, signed, _Places((fault.seq, fault.until) for fault in found))
    return [*_merged(found), *_merged(list(chain.unlisted()))]


@dataclass(slots=True)
class _Chain:
    """What is learnt from the rows, one after the other."""

    signed: Check
    found: list[Fault] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)
    changed: list[Row] = field(default_factory=list)
    blank: list[tuple[int, Field]] = field(default_factory=list)
    erasures: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    last: int = 0
    before: str = GENESIS
    sound: bool = True

    def take(self, row: Row) -> None:
        """Hold the next row against itself and the one before it."""
        if row.seq <= self.last:
            self._fault(row.seq, "inserted", "several entries have this number, or it is none")
            return
        follows = row.seq == self.last + 1
        if not follows:
            self._fault(self.last + 1, "deleted", "no such entry", until=row.seq - 1)
        fault = own_fault(row, self.signed)
        # Where the former entry is at fault itself, that this one does not follow it is no news.
        if fault is None and follows and self.sound and row.previous != self.before:
            fault = Fault(row.seq, row.seq, "reordered", "it was not written after the entry before it")
        if fault is not None and fault.told == _CHANGED:
            self.changed.append(row)
        elif fault is not None:
            self.found.append(fault)
        elif row.blanked:
            for name, first, last in listed(row.blanked):
                self.erasures.setdefault(name, []).append((first, last))
        if row.who is None or row.target is None or row.details is None:
            self.blank += [(row.seq, clear) for clear in FIELDS if getattr(row, clear) is None]
        self.last, self.before, self.sound = row.seq, row.hash, fault is None
        self.hashes[row.seq] = row.hash

    def changed_or_moved(self) -> Iterator[Fault]:
        """The rows whose content is not what their hash was made of: those of other entries, or edited."""
        others = [row.seq for row in self.changed] if len(self.changed) <= _COMPARED else []
        for row in self.changed:
            for seq in (row.seq - 1, row.seq + 1, *others):
                if seq != row.seq and digest(dataclasses.replace(row, seq=seq)) == row.hash:
                    yield Fault(row.seq, row.seq, "reordered", f"here stands what was written as entry {seq}")
                    break
            else:
                yield Fault(row.seq, row.seq, "edited", _CHANGED)

    def unlisted(self) -> Iterator[Fault]:
        """Values that are gone though no sound entry tells of their erasure."""
        told = {name: _Places(runs) for name, runs in self.erasures.items()}
        for seq, name in self.blank:
            if seq not in told.get(name, ()):
                yield Fault(seq, seq, "erased", f"its {name} is gone, and no sound entry tells of an erasure")

    def _fault(self, seq: int, kind: FaultKind, told: str, until: int | None = None) -> None:
        self.found.append(Fault(seq, until or seq, kind, told))


def own_fault(row: Row, signed: Check) -> Fault | None:
    """What is wrong with a row by itself, whatever stands around it."""
    if digest(row) != row.hash:
        return Fault(row.seq, row.seq, "edited", _CHANGED)
    if not signed("entry", Mark(row.seq, row.hash, row.at, row.signature)):
        return Fault(row.seq, row.seq, "signature", _UNSIGNED)
    for name in FIELDS:
        if not _fits(row, name):
            return Fault(row.seq, row.seq, "edited", f"its {name} is not what was written")
    return None


def _fits(row: Row, name: Field) -> bool:
    clear, salt = getattr(row, name), getattr(row, f"{name}_salt")
    if clear is None:
        return True
    try:
        return salt is not None and commitment(name, clear, salt) == getattr(row, f"{name}_commitment")
    except ValueError:  # a salt that is not hexadecimal
        return False


def _marks_against(chain: _Chain, marks: Marks, signed: Check, known: "_Places") -> Iterator[Fault]:
    """What the heads and checkpoints tell of the rows; `known` are the places of faults that were found already."""
    true: list[tuple[str, Mark]] = []
    for kind, name, mark in marks.named():
        if signed(kind, mark):
            true.append((name, mark))
        else:
            yield Fault(mark.seq, mark.seq, "forged", f"the {name} was not signed with the trail's key")
    for name, mark in true:
        if 0 < mark.seq <= chain.last and chain.hashes.get(mark.seq) != mark.hash and mark.seq not in known:
            yield Fault(mark.seq, mark.seq, "edited", f"it is not the entry that the {name} of {mark.at} names")
    name, newest = max(true, key=lambda item: item[1].seq, default=("", None))
    if newest and newest.seq > chain.last:
        told = f"cut from the end, the {name} of {newest.at} names the last one"
        yield Fault(chain.last + 1, newest.seq, "truncated", told)
    yield from _lacking(chain, marks)


def _lacking(chain: _Chain, marks: Marks) -> Iterator[Fault]:
    """The marks that should be there and are not."""
    last = chain.last
    if marks.head is not None and marks.head.seq < last:
        told = "appended past the head in the database"
        yield Fault(max(marks.head.seq, 0) + 1, last, "inserted", told)
    if last and marks.head is None:
        yield Fault(last, last, "missing", "the database has no head, so what followed may be cut off")
    if last and marks.filed_head is None and not marks.damaged:
        yield Fault(last, last, "missing", "there is no head file, so what followed may be cut off")
    for told in marks.damaged:
        yield Fault(last, last, "missing", told)
    kept = {mark.seq for mark in marks.checkpoints}
    wanted = {seq for seq in chain.hashes if seq % EVERY == 0} | {mark.seq for mark in marks.filed if mark.seq <= last}
    for seq in sorted(wanted - kept):
        yield Fault(seq, seq, "missing", "its checkpoint is gone from the database")


class _Places:
    """Numbers in runs, to be asked for."""

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(runs):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            else:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, seq: int) -> bool:
        at = bisect.bisect_right(self._firsts, seq) - 1
        return at >= 0 and seq <= self._lasts[at]


def _merged(found: Sequence[Fault]) -> list[Fault]:
    """Faults of one kind on neighbouring entries as one, in order of place."""
    merged: list[Fault] = []
    for fault in sorted(found, key=lambda fault: (fault.kind, fault.seq)):
        former = merged[-1] if merged else None
        if former and former.kind == fault.kind and fault.seq == former.until + 1:
            merged[-1] = dataclasses.replace(former, until=fault.until)
        else:
            merged.append(fault)
    return sorted(merged, key=lambda fault: fault.seq)
