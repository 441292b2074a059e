"""Who gets what."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.fakes import A, B, C, envelope, verdict
from bartizan.actions.plan import Keep, Plan, Send, make_plan
from bartizan.model.envelope import Recipient
from bartizan.model.reply import DEFERRED, REJECTED, Reply
from bartizan.model.verdict import Action, Verdict


def test_one_defer_defers_all() -> None:
    """A single reply exists: whoever must wait makes all wait, also beside rejected ones."""
    plan = make_plan(envelope(A, B, C), (verdict(A, "accept"), verdict(B, "reject"), verdict(C, "defer")))
    assert plan == Plan(DEFERRED)


def test_all_rejected() -> None:
    """Everybody rejected is a rejection, with the first rule's text, cleaned."""
    both = (verdict(A, "reject"), verdict(B, "reject", text="no"))
    assert make_plan(envelope(A, B), both) == Plan(REJECTED)
    texts = (verdict(A, "reject", text="We do not take\r\n250 this é"),)
    assert make_plan(envelope(A), texts) == Plan(Reply(550, "5.7.1", "We do not take??250 this ?"))


def test_rejected_beside_others_is_kept() -> None:
    """Rejected copies beside accepted or quarantined ones are held back, under their own rule."""
    rejected, held = verdict(B, "reject", "r:2"), verdict(C, "quarantine", "r:3")
    plan = make_plan(envelope(A, B, C), (verdict(A, "accept"), rejected, held))
    assert plan == Plan(None, (Send((A,), None),), (Keep((B,), rejected), Keep((C,), held)))


def test_groups() -> None:
    """Recipients who get the same bytes share a transaction; those of one rule share an entry."""
    plan = make_plan(envelope(A, B, C), (verdict(A, "tag", tag="x"), verdict(B, "accept"), verdict(C, "tag", tag="x")))
    assert plan == Plan(None, (Send((A, C), ("X-Tag", "x")), Send((B,), None)))


ACTIONS = st.sampled_from([action.value for action in Action])


@settings(deadline=None)
@given(st.lists(st.tuples(ACTIONS, st.sampled_from("xy")), min_size=1, max_size=12))
def test_nobody_is_forgotten(choices: list[tuple[str, str]]) -> None:
    """Without a refusal, every recipient is sent to or kept for, exactly once, and as the verdict says."""
    recipients = [Recipient(f"{number}@x") for number in range(len(choices))]
    verdicts = tuple(
        verdict(r, action, f"r:{tag}", tag=tag) for r, (action, tag) in zip(recipients, choices, strict=True)
    )
    plan = make_plan(envelope(*recipients), verdicts)
    actions = {action for action, _ in choices}
    assert (plan.refusal is not None) == ("defer" in actions or actions == {"reject"})
    if plan.refusal is None:
        sent = [r for send in plan.sends for r in send.recipients]
        kept = [r for keep in plan.keeps for r in keep.recipients]
        assert sorted(r.address for r in sent + kept) == sorted(r.address for r in recipients)
        assert {r for r, (action, _) in zip(recipients, choices, strict=True) if action in ("accept", "tag")} == set(
            sent
        )


@pytest.mark.parametrize(
    "verdicts",
    [(), (verdict(A, "accept"),), (verdict(B, "accept"), verdict(A, "accept")), (verdict(A, "tag"), verdict(B, "tag"))],
)
def test_verdicts_that_do_not_fit(verdicts: tuple[Verdict, ...]) -> None:
    """A missing, misplaced or incomplete verdict is our error, never a guess."""
    with pytest.raises(ValueError, match=r"verdicts|tag"):
        make_plan(envelope(A, B), verdicts)
