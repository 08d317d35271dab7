"""Questions about a generated world, each with the name of a thing that its answer must hold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.world import KINDS, World


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a kind ("2 hops"); `answer` is the id of an entity that it leads to."""

    kind: str
    text: str
    answer: str


#: The kinds whose facts are a bounded number of steps away; the others ask for what grows with the graph.
HOPS = ("1 hop", "2 hops", "3 hops")


def questions(world: World, each: int, seed: int = 6) -> list[Asked]:
    """So many questions of each kind, over things drawn at random; the same for the same world and seed."""
    draw = np.random.default_rng(seed)
    about = _About(world, draw)
    makers: dict[str, tuple[Callable[[], tuple[str, str]], ...]] = {
        "1 hop": (about.owner, about.host, about.place, about.reporter),
        "2 hops": (about.manager_of_owner, about.place_of_owner, about.owner_of_affected, about.place_of_host),
        "3 hops": (
            about.place_of_manager_of_owner,
            about.place_of_host_of_affected,
            about.manager_of_owner_of_affected,
        ),
        "misspelt": (about.misspelt,),
        "path": (about.path_of_two, about.path_of_three),
        "list, count": (about.hosted, about.number_hosted, about.dependants),
        "hub": (about.hosted_by_hub, about.about_hub, about.at_hub, about.path_of_hubs),
    }
    asked: dict[str, Asked] = {}
    for kind, ways in makers.items():
        for number in range(each):
            text, answer = ways[number % len(ways)]()
            asked.setdefault(text, Asked(kind, text, answer))
    return list(asked.values())


class _About:
    """One method for each way to ask: a question about something drawn at random, and the id of its answer."""

    def __init__(self, world: World, draw: np.random.Generator) -> None:
        self._world, self._draw = world, draw

    def _any(self, kind: str) -> int:
        return int(self._draw.integers(self._world.count[kind]))

    def _name(self, kind: str, number: int) -> str:
        return self._world.entity(kind, number).name

    def _id(self, kind: str, number: int) -> str:
        return self._world.entity(kind, number).id

    def _other(self, kind: str, number: int, predicate: str) -> int:
        place = next(place for place, says in enumerate(KINDS[kind].says) if says.predicate == predicate)
        return int(self._world.others[kind][place][number])

    def _owner(self, system: int) -> int:
        return self._other("System", system, "OWNS")

    def _manager_of_owner(self, system: int) -> int:
        return self._other("Person", self._owner(system), "REPORTS_TO")

    def owner(self) -> tuple[str, str]:
        system = self._any("System")
        return f"Who owns {self._name('System', system)}?", self._id("Person", self._owner(system))

    def misspelt(self) -> tuple[str, str]:
        system = self._any("System")
        name = self._name("System", system)
        return f"Who owns {name[:-3]}{name[-2]}{name[-3]}{name[-1]}?", self._id("Person", self._owner(system))

    def host(self) -> tuple[str, str]:
        system = self._any("System")
        host = self._other("System", system, "HOSTED_BY")
        return f"Which supplier hosts {self._name('System', system)}?", self._id("Organization", host)

    def place(self) -> tuple[str, str]:
        supplier = self._any("Organization")
        place = self._other("Organization", supplier, "LOCATED_IN")
        return f"Where is {self._name('Organization', supplier)} located?", self._id("Location", place)

    def reporter(self) -> tuple[str, str]:
        incident = self._any("Incident")
        reporter = self._other("Incident", incident, "REPORTED_BY")
        return f"Who reported {self._name('Incident', incident)}?", self._id("Person", reporter)

    def manager_of_owner(self) -> tuple[str, str]:
        system = self._any("System")
        text = f"Who is the manager of the owner of {self._name('System', system)}?"
        return text, self._id("Person", self._manager_of_owner(system))

    def place_of_owner(self) -> tuple[str, str]:
        system = self._any("System")
        place = self._other("Person", self._owner(system), "LOCATED_IN")
        return f"Where is the owner of {self._name('System', system)} located?", self._id("Location", place)

    def owner_of_affected(self) -> tuple[str, str]:
        incident = self._any("Incident")
        owner = self._owner(self._other("Incident", incident, "AFFECTS"))
        text = f"Who is the owner of the system affected by {self._name('Incident', incident)}?"
        return text, self._id("Person", owner)

    def place_of_host(self) -> tuple[str, str]:
        system = self._any("System")
        place = self._other("Organization", self._other("System", system, "HOSTED_BY"), "LOCATED_IN")
        return f"Where is the host of {self._name('System', system)} located?", self._id("Location", place)

    def place_of_manager_of_owner(self) -> tuple[str, str]:
        system = self._any("System")
        place = self._other("Person", self._manager_of_owner(system), "LOCATED_IN")
        text = f"Where is the manager of the owner of {self._name('System', system)} located?"
        return text, self._id("Location", place)

    def place_of_host_of_affected(self) -> tuple[str, str]:
        incident = self._any("Incident")
        host = self._other("System", self._other("Incident", incident, "AFFECTS"), "HOSTED_BY")
        place = self._other("Organization", host, "LOCATED_IN")
        text = f"Where is the host of the system affected by {self._name('Incident', incident)} located?"
        return text, self._id("Location", place)

    def manager_of_owner_of_affected(self) -> tuple[str, str]:
        incident = self._any("Incident")
        manager = self._manager_of_owner(self._other("Incident", incident, "AFFECTS"))
        text = f"Who is the manager of the owner of the system affected by {self._name('Incident', incident)}?"
        return text, self._id("Person", manager)

    def path_of_two(self) -> tuple[str, str]:
        system = self._any("System")
        manager = self._manager_of_owner(system)
        text = f"How is {self._name('System', system)} connected to {self._name('Person', manager)}?"
        return text, self._id("Person", manager)

    def path_of_three(self) -> tuple[str, str]:
        incident = self._any("Incident")
        manager = self._manager_of_owner(self._other("Incident", incident, "AFFECTS"))
        text = f"How is {self._name('Incident', incident)} connected to {self._name('Person', manager)}?"
        return text, self._id("Person", manager)

    def hosted(self) -> tuple[str, str]:
        system = self._any("System")
        host = self._other("System", system, "HOSTED_BY")
        return f"Which systems does {self._name('Organization', host)} host?", self._id("System", system)

    def number_hosted(self) -> tuple[str, str]:
        system = self._any("System")
        host = self._other("System", system, "HOSTED_BY")
        return f"How many systems does {self._name('Organization', host)} host?", self._id("System", system)

    def dependants(self) -> tuple[str, str]:
        system = self._any("System")
        other = self._other("System", system, "DEPENDS_ON")
        return f"Which systems depend on {self._name('System', other)}?", self._id("System", system)

    def hosted_by_hub(self) -> tuple[str, str]:
        host = int(self._draw.integers(3))
        system = int(np.argmax(self._world.others["System"][1] == host))
        return f"Which systems does {self._name('Organization', host)} host?", self._id("System", system)

    def about_hub(self) -> tuple[str, str]:
        place = int(self._draw.integers(10))
        return f"What is known about {self._name('Location', place)}?", self._id("Location", place)

    def at_hub(self) -> tuple[str, str]:
        place = int(self._draw.integers(10))
        return f"Which people are based in {self._name('Location', place)}?", self._id("Location", place)

    def path_of_hubs(self) -> tuple[str, str]:
        place, host = (int(number) for number in self._draw.integers(3, size=2))
        text = f"How is {self._name('Organization', host)} connected to {self._name('Location', place)}?"
        return text, self._id("Location", place)
