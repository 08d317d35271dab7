"""The answer's text: the deterministic one, a model's where the policy wants one and it holds up, or an abstention."""

from dataclasses import asdict, dataclass, replace

from qa.answer import Citation, Status, TraceRoute, Usage
from qa.assemble import answer_fact
from qa.generate import Writing, generate
from qa.options import AskOptions
from qa.plan import Plan
from qa.question import Question
from qa.recorder import Recorder
from qa.retrieve import Evidence
from qa.routing.choose import candidates
from qa.routing.features import features_of
from qa.routing.policy import Rule, load_policy
from qa.select import Selection
from qa.sensitivity import restricted_documents, sensitivity_of
from qa.tools import Toolbox

_UNSUPPORTED = "No answer: what the models wrote is not supported by the evidence. It can be asked for without a model."


@dataclass(slots=True)
class Draft:
    status: Status
    text: str
    citations: list[Citation]
    route: TraceRoute
    usage: Usage
    groundedness: float = 1.0


@dataclass(frozen=True, slots=True)
class Plain:
    """The deterministic answer, which stands whatever a model does, with what it was made of."""

    question: Question
    plan: Plan
    evidence: Evidence
    selection: Selection
    text: str
    citations: list[Citation]

    def draft(self, reason: str, route: TraceRoute) -> Draft:
        """It, as the answer, for a reason."""
        route = route.model_copy(update={"tier": "none", "model": "none", "reason": reason})
        return Draft("answered", self.text, self.citations, route, Usage())


def choose_and_write(plain: Plain, recorder: Recorder, options: AskOptions, deadline: float) -> Draft:
    """The answer by the tier that the policy names and that may and can give it."""
    restricted = restricted_documents(plain.citations, recorder)
    sensitivity = sensitivity_of(plain.citations, restricted)
    left = options.purse.left() if options.purse else float("inf")
    policy = options.policy or load_policy()
    features = features_of(
        plain.question, plain.plan, plain.evidence, plain.selection, sensitivity, options.tier, options.stakes, left
    )
    rule = policy.decide(features)
    shown: dict[str, str | float] = {key: value for key, value in asdict(features).items() if value != float("inf")}
    route = TraceRoute(tier="none", model="none", reason=rule.name, attempts=[], features=shown)
    specs = candidates(options.models, rule.tier, options.tier, policy)
    options.observer.step("route", {"tier": rule.tier, "reason": rule.name, "models": [spec.called for spec in specs]})
    if not specs:
        return plain.draft(_why_none(rule, options), route)
    toolbox = Toolbox(recorder, options.ontology, list(plain.citations))
    facts = [answer_fact(fact) for fact in plain.selection.facts]
    writing = Writing(
        specs, deadline, policy, options.purse, options.prompt, options.observer, options.cancel, options.redact
    )
    tried = generate(plain.question.text, facts, toolbox, sensitivity, writing)
    route = route.model_copy(
        update={
            "attempts": tried.attempts,
            "tools": toolbox.calls,
            "left_out": tried.left_out,
            "removed": tried.removed,
        }
    )
    if tried.text is None or tried.spec is None:
        if policy.unsupported == "abstain" and any(item.outcome.startswith("refused") for item in tried.attempts):
            return Draft("abstained", _UNSUPPORTED, [], route, tried.usage, 0.0)
        draft = plain.draft(f"{rule.name}; no model's answer could be used; answered without a model", route)
        return replace(draft, usage=tried.usage)
    route = route.model_copy(update={"tier": tried.spec.tier, "model": tried.spec.called})
    return Draft("answered", tried.text, tried.citations, route, tried.usage, tried.groundedness)


def _why_none(rule: Rule, options: AskOptions) -> str:
    if rule.tier == "none":
        return rule.name
    key = " (OPENAI_API_KEY)" if rule.tier == "large" else ""
    return f"{rule.name}; no {rule.tier} model is set up{key}; answered without a model"


def abstention(question: Question, plan: Plan, selection: Selection) -> Draft:
    """Says what was looked for, so that the person can ask better or add the document that is missing."""
    names = ", ".join(item.text for item in plan.links) or "no known name"
    looked = ", ".join(question.terms) or "nothing to look for"
    absent = selection.support.lacking or selection.support.missing
    missing = f" What was found does not speak of: {', '.join(absent)}." if absent else ""
    text = f"No evidence found that answers this. Looked for {names}, and in the text for: {looked}.{missing}"
    route = TraceRoute(tier="none", model="none", reason="the evidence does not support an answer", attempts=[])
    return Draft("abstained", text, [], route, Usage(), 0.0)
