"""The answer as users get it: text, citations, facts, the graph around them, and the trace that proves it."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel

Status = Literal["answered", "abstained", "escalated"]
Tier = Literal["none", "small", "large"]
#: All tiers, the cheapest first.
TIERS: tuple[Tier, ...] = get_args(Tier)


class CitedDocument(BaseModel):
    """The document that a citation points into."""

    id: str
    title: str
    uri: str
    version: int


class Citation(BaseModel):
    """`quote` is the document's text at `[start:end]`, exactly; `page` counts from 1 where the format has pages."""

    n: int
    document: CitedDocument
    passage_id: str
    start: int
    end: int
    page: int | None
    quote: str


class AnswerFact(BaseModel):
    """A fact that the answer rests on; `evidence` names passages.

    `negated`: the documents deny it. `hedged`: they say that it is possible or likely. `deadline` and `exception` are
    the document's words, `due` is the deadline as an ISO 8601 date or duration; "" where there is none.
    """

    id: str
    subject: str
    predicate: str
    object: str
    confidence: float
    valid_from: str | None
    valid_to: str | None
    negated: bool
    hedged: bool
    deadline: str
    due: str
    exception: str
    evidence: list[str]


class GraphNode(BaseModel):
    """An entity of the answer's graph."""

    id: str
    label: str
    name: str
    type: str


class GraphEdge(BaseModel):
    """A fact of the answer's graph, as an edge; what the documents deny is none."""

    id: str
    source: str
    target: str
    type: str
    fact_id: str


class AnswerGraph(BaseModel):
    """The entities and facts that the answer rests on."""

    nodes: list[GraphNode]
    edges: list[GraphEdge]


class Candidate(BaseModel):
    """An entity that a name of the question may mean, with its score from 0 to 1."""

    id: str
    name: str
    type: str
    score: float


class Ambiguity(BaseModel):
    """Words of the question that name several entities alike, the likeliest first; all of them were looked at."""

    text: str
    candidates: list[Candidate]


class TracePlan(BaseModel):
    """What kind of question it was taken for, with the linked entities' ids, the predicates, the ambiguous names."""

    kind: str
    entities: list[str]
    predicates: list[str]
    ambiguous: list[Ambiguity]


class TraceQuery(BaseModel):
    """A query as it ran; its text with its parameters returns the same rows again."""

    name: str
    cypher: str
    parameters: dict[str, Any]
    rows: int
    ms: float


class Attempt(BaseModel):
    """One try of a model."""

    model: str
    outcome: str
    ms: float


class ToolCall(BaseModel):
    """What a model looked up on its own, and how many pieces of evidence it was shown."""

    name: str
    arguments: dict[str, str]
    found: int


class TraceRoute(BaseModel):
    """Which tier answered, why, and what was tried.

    `features` is what the policy looked at. `left_out` are citations that had no room in the model's context, `removed`
    the sentences of its answer that the evidence does not support, with why. `review` is what people make of it.
    """

    tier: Tier
    model: str
    reason: str
    attempts: list[Attempt]
    features: dict[str, str | float] = {}
    tools: list[ToolCall] = []
    left_out: list[int] = []
    removed: list[str] = []
    review: str = ""


class TraceVersions(BaseModel):
    """All that the answer depends on, each NAME@ with the first digits of a SHA-256 of its content.

    `model` is the one that wrote and the one that embeds, `models` the file that says which there are. `prompt` is none
    where no model was asked. The others are the routing policy and the fitted weights.
    """

    code: str
    model: str
    prompt: str
    corpus: str
    ontology: str
    models: str = ""
    policy: str = ""
    ranking: str = ""
    support: str = ""
    verification: str = ""


class Usage(BaseModel):
    """What the models took."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float = 0.0


class Trace(BaseModel):
    """How the answer came about; latencies in milliseconds by stage."""

    plan: TracePlan
    queries: list[TraceQuery]
    route: TraceRoute
    versions: TraceVersions
    usage: Usage
    latency_ms: dict[str, float]


class Answer(BaseModel):
    """An answer with its evidence.

    `groundedness`, 0 to 1, is how much of the text its evidence supports: 1 where it was made of the evidence itself.
    `cached`: it was answered before, and nothing that it depends on has changed; its trace is that of the first time.
    """

    id: str
    question: str
    status: Status
    answer: str
    confidence: float
    groundedness: float
    citations: list[Citation]
    facts: list[AnswerFact]
    graph: AnswerGraph
    trace: Trace
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of a passage that may be cited: `quote` is the document's text at `[start:end]`; `score` 0 to 1."""

    passage_id: str
    document_id: str
    title: str
    uri: str
    version: int
    start: int
    end: int
    page: int | None
    quote: str
    score: float
