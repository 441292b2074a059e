"""The result for people at a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from bench.memory import Peak
from bench.result import Measured, Result, Run
from bench.stages import elsewhere
from bench.verify import Account

_MIB = 2**20
_SHOWN = 20


def told(result: Result) -> str:
    """Everything, run by run; medians last."""
    lines = [f"{result.mails}, {result.sink} as next hop, caches: {result.caches}"]
    for number, run in enumerate(result.runs, 1):
        if len(result.runs) > 1:
            lines.append(f"run {number} of {len(result.runs)}")
        lines += _run(run)
    if len(result.runs) > 1:
        lines.append(f"median of {len(result.runs)} (least - most)")
        lines += [
            f"  {name:22} {spread.median:9.4g} ({spread.least:.4g} - {spread.most:.4g})"
            for name, spread in result.summary.items()
        ]
    return "\n".join(lines)


def _run(run: Run) -> list[str]:
    lines = [*_measured("straight to the sink", run.straight), *_measured("through bartizan", run.gateway)]
    if run.share is not None:
        lines.append(f"{'share':22} {run.share:9.3f}")
    if run.gateway.memory is not None:
        lines.append(f"{'peak memory (PSS)':22} {_memory(run.gateway.memory)}")
    if run.stages:
        lines.append(f"{'stage':22} {'messages':>9} {'p50 ms':>9} {'p95 ms':>9} {'p99 ms':>9} {'share':>7}")
        lines += [
            f"{'  ' * stage.inner + stage.name:22} {stage.count:9} {stage.p50_ms:9.3f} {stage.p95_ms:9.3f} "
            f"{stage.p99_ms:9.3f} {stage.share:7.1%}"
            for stage in run.stages
        ]
        lines.append(f"{'elsewhere':62} {elsewhere(run.stages):7.1%}")
    lines += run.hottest
    return lines + (_account(run.account) if run.account else [])


def _measured(name: str, one: Measured) -> list[str]:
    late = f", {one.unsent} unsent" if one.unsent else ""
    counted = f", {one.at_sink} came to the sink" if one.at_sink is not None else ""
    waited = f", p99 {one.latency.wait_p99_ms:.1f} ms of it before sending" if one.latency.wait_p99_ms >= 0.1 else ""
    return [
        f"{name:22} {one.rate:9.0f} messages/s  {one.mb_per_second:.1f} MB/s  {one.average_bytes} bytes on average",
        f"{'':22} {_counts(one.replies)}{late}{counted}; 4xx {one.deferred_share:.2%}",
        f"{'':22} latency p50 {one.latency.p50_ms:.1f}  p95 {one.latency.p95_ms:.1f}  p99 {one.latency.p99_ms:.1f}  "
        f"most {one.latency.most_ms:.1f} ms{waited}",
        f"{'':22} CPU a message: {'  '.join(f'{role} {us:.0f} us' for role, us in one.cpu_us.items())}",
    ]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "no reply"


def _memory(peak: Peak) -> str:
    roles = "  ".join(f"{role} {size // _MIB} MiB" for role, size in peak.roles.items())
    unread = f"  not readable (needs root): {', '.join(peak.unreadable)}" if peak.unreadable else ""
    return f"{peak.total // _MIB} MiB  {roles}{unread}"


def _account(account: Account) -> list[str]:
    lines = [
        f"{'verified':22} {account.at_next_hop} at the next hop, {account.in_quarantine} in quarantine, "
        f"{account.bad} were bad",
        f"{'':22} {len(account.good_in_quarantine)} good ones in quarantine, {len(account.problems)} problems",
    ]
    lines += [f"  {token}: {reason}" for token, reason in list(account.reasons.items())[:_SHOWN]]
    return lines + [f"  {problem}" for problem in account.problems[:_SHOWN]]
