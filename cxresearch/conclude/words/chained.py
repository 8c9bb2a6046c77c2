"""Sentences about a chain from service to value, link by link: `chain`. It is never said to be stronger than its weakest link."""

from dataclasses import dataclass

from cxresearch.conclude.evidence import capped
from cxresearch.conclude.voice import Verdict, voice_of
from cxresearch.conclude.words import association
from cxresearch.conclude.words.display import lower_first, outcome_of, upper_first
from cxresearch.conclude.words.numbers import digits_for, number, span
from cxresearch.conclude.words.path import mediator
from cxresearch.conclude.words.scope import everything
from cxresearch.relate.relation import Check, Relation

ORDER = ("against", "inconclusive", "negligible", "suggestive", "clear")
LENGTH = {
    "against": "goes the other way",
    "inconclusive": "these data cannot say",
    "negligible": "less than is worth acting on",
    "suggestive": "suggestive",
    "clear": "clear",
    "described": "described, nothing to test",
}
WEAKEST = "A chain is not stronger than its weakest link."


@dataclass(frozen=True)
class Link:
    """One link as it is said: from where to where, with which step, how strong; `against` where it goes the other way."""

    start: str
    end: str
    way: str
    step: str
    word: str
    verdict: Verdict
    relation: Relation

    @property
    def name(self) -> str:
        """The link in words: "from time to first response to NPS"."""
        return f"from {self.start}{self.way} to {self.end}"

    @property
    def said(self) -> str:
        """Estimate and interval, with the unit."""
        digits = _digits(self)
        ends = span(float(self.verdict.low or 0), float(self.verdict.high or 0), digits)
        sign = self.word != "described"
        return f"{number(float(self.verdict.estimate or 0), digits, sign=sign)} {self.verdict.unit} ({ends})".replace("  ", " ")


def links(relation: Relation) -> tuple[Link, ...]:
    """Return the links in order, each judged as its own method judges it."""
    return tuple(_link(one) for one in relation.facts["links"])


def tested(relation: Relation) -> list[Link]:
    """Return the links that compare something."""
    return [link for link in links(relation) if link.word != "described"]


def weakest(relation: Relation) -> Link | None:
    """Return the weakest link: by its word, then by its size against what is worth acting on."""
    return min(tested(relation), key=lambda link: (ORDER.index(link.word), _size(link)), default=None)


def topic(relation: Relation) -> str:
    """Return what a finding is about."""
    return f"the chain {_whole(relation)}"


def headline(relation: Relation, word: str, worth: float | None) -> str:
    """Return how far the chain can be followed."""
    link = weakest(relation)
    if link is None:
        return f"Nothing in the chain {_whole(relation)} is compared."
    if link.word == "against":
        return f"The chain {_whole(relation)} breaks: {link.name} the difference goes the other way."
    if link.word == "inconclusive" or word == "inconclusive":
        return f"The chain {_whole(relation)} cannot be followed to its end: whether anything goes {link.name}, these data cannot say."
    if link.word == "negligible":
        return f"The chain {_whole(relation)} is thin: what goes {link.name} is less than is worth acting on."
    return f"The chain {_whole(relation)} can be followed link by link; its weakest link, {link.name}, is {word}."


def detail(relation: Relation, word: str, worth: float | None) -> str:
    """Return the interval of the weakest link, and what a chain of associations is worth."""
    link = weakest(relation)
    if link is None:
        return WEAKEST
    said = f"{upper_first(link.name)}: {link.said} with {link.step}."
    n = f"The links rest on {number(min(one.verdict.n for one in links(relation)), 0)} rows or more each, not all on the same customers."
    return f"{WEAKEST} {said} {n}"


def sure(relation: Relation, word: str, worth: float | None) -> str:
    """Return what the links do not show together."""
    if not tested(relation):
        return ""
    return f"{WEAKEST} Each link was looked at on its own: that one end moves when the other is pushed, no link can show."


def more(relation: Relation) -> tuple[Check, ...]:
    """Return every link in a line of its own."""
    found = []
    for at, link in enumerate(links(relation), 1):
        status = "passed" if link.word in ("clear", "suggestive", "described") else "doubt"
        with_ = f" with {link.step}" if link.step else ""
        found.append(Check(f"link {at}", status, f"{at}. {upper_first(link.name)}: {link.said}{with_}: {LENGTH[link.word]}."))
    return (*found, *(Check("missing link", "doubt", f"Not on record: {reason}") for reason in relation.facts["missing"]))


def short(relation: Relation, word: str, worth: float | None, headline: str) -> tuple[str, str, str]:
    """Return question, answer and sentence for the first screen of an edition."""
    link = weakest(relation)
    answers = {"clear": "Yes, link by link", "suggestive": "Probably", "negligible": "Thinly", "against": "No"}
    return "Does service reach the bottom line?", answers.get(link.word if link else "", "Not known"), headline


def title(relation: Relation) -> str:
    """Return what the picture says."""
    link = weakest(relation)
    return f"The weakest link: {link.name}, {LENGTH[link.word]}" if link else "Nothing in this chain is compared"


def subtitle(relation: Relation) -> str:
    """Return quantity, unit and interval of the picture."""
    turned = {link.end: outcome_of(link.relation.facts).side for link in tested(relation) if link.relation.method != "value"}
    side = "".join(f"{side}, for {end}" for end, side in turned.items() if side)
    return f"Every link in multiples of what is worth acting on, with 95% intervals{side}; shaded: too small to act on"


def alt(relation: Relation) -> str:
    """Return message and numbers of the picture, for readers who do not see it."""
    return f"{title(relation)}. {'; '.join(f'{upper_first(link.name)}: {link.said}' for link in tested(relation))}."


def _link(one: Relation) -> Link:
    voice, worth = voice_of(one.method), one.facts.get("worth")
    verdict = voice.judge(one, worth)
    word = capped(verdict.strength, (*one.checks, *verdict.limits))
    start, end, way, step = _ends(one)
    if word in ("clear", "suggestive") and float(verdict.estimate or 0.0) * _side(one) < 0:
        word = "against"
    return Link(start, end, way, step, word, verdict, one)


def _ends(one: Relation) -> tuple[str, str, str, str]:
    """Return where a link starts and ends, by which way, and with which step."""
    shown = outcome_of(one.facts)
    if one.method == "lifetime":
        whose = "the life of an average customer on record" if everything(one) else "an average customer's life"
        return "staying", "value", "", f"{int(one.facts['months'])} months of {whose}"
    if one.method == "value":
        return "earlier experience", "later value", "", "one standard deviation of experience"
    start, way = lower_first(one.facts.get("exposure_label", "service")), ""
    if one.method == "mediation":
        way, step = f" by way of {mediator(one)}", str(one.facts.get("contrast_words", "one unit more"))
    else:
        step = association.contrast_words(one)
    return start, shown.noun, way, step


def _side(one: Relation) -> int:
    """Return the sign that a link has where it goes as one hopes: a better step with a better outcome, as far as that is known."""
    facts = one.facts
    if one.method == "value":
        return 1
    if facts.get("contrast") == "halving":
        return outcome_of(facts).sign
    up = not str(facts.get("contrast", "")).startswith(("-", "doubling"))
    return outcome_of(facts).sign * (1 if up else -1) * (-1 if facts.get("better_exposure") == "lower" else 1)


def _whole(relation: Relation) -> str:
    held = links(relation)
    return f"from {held[0].start} to {held[-1].end}"


def _size(link: Link) -> float:
    """Return the end of the interval nearer to nothing, in multiples of what is worth acting on."""
    low, high = sorted(abs(float(end or 0.0)) for end in (link.verdict.low, link.verdict.high))
    return low / (link.verdict.worth or high or 1.0)


def _digits(link: Link) -> int:
    usual = outcome_of(link.relation.facts).usual if link.relation.method in ("effect", "mediation") else None
    return digits_for(float(link.verdict.low or 0), float(link.verdict.high or 0), usual=usual)
