"""A picture of a load test as SVG: how latencies are distributed, and the gateway's replies over time.

Written by hand, since two panels of lines need no library. In: runs; the first is drawn. Out: one SVG text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.result import Measured, Run

WIDTH, HEIGHT = 900, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 20, 40, 50
_PANEL = WIDTH // 2
_COLOURS = {"straight": "#8a8a8a", "bartizan": "#1f5fa8"}
_STEPS = 5


@dataclass(frozen=True, slots=True)
class _Axis:
    """One direction of a panel: values from `low` to `high` on pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value."""
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, self.low))
        return round(self.start + (value - low) / (high - low) * (self.end - self.start), 1)

    def ticks(self) -> list[float]:
        """Where to write values."""
        if self.logarithmic:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            return [10.0**power for power in range(first, last + 1)]
        return [self.low + (self.high - self.low) * step / _STEPS for step in range(_STEPS + 1)]


def drawing(runs: Sequence[Run]) -> str:
    """The picture of the first run."""
    lines = {"straight": runs[0].straight, "bartizan": runs[0].gateway}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
            *_latencies(lines),
            *_rate(runs[0].gateway),
            *_legend(),
            "</svg>\n",
        ]
    )


def _latencies(lines: dict[str, Measured]) -> list[str]:
    """Percentile to the right, milliseconds upwards."""
    values = [ms for one in lines.values() for ms in one.latency.quantiles if ms > 0] or [1.0]
    low = 10.0 ** math.floor(math.log10(min(values)))
    high = max(10.0 ** math.ceil(math.log10(max(values))), low * 10)
    across = _Axis(0, 100, _LEFT, _PANEL - _RIGHT)
    up = _Axis(low, high, HEIGHT - _BOTTOM, _TOP, logarithmic=True)
    curves = {name: [(float(p), ms) for p, ms in enumerate(one.latency.quantiles)] for name, one in lines.items()}
    return _panel("Latency in ms by percentile", across, up, curves)


def _rate(one: Measured) -> list[str]:
    """Seconds to the right, replies a second upwards; the last stretch is not whole, so it is left out."""
    points = [(number * one.bin_seconds, count / one.bin_seconds) for number, count in enumerate(one.bins[:-1] or [0])]
    across = _Axis(0, max(points[-1][0], one.bin_seconds), _PANEL + _LEFT, WIDTH - _RIGHT)
    up = _Axis(0, max(max(rate for _, rate in points), 1.0), HEIGHT - _BOTTOM, _TOP)
    return _panel("Replies a second over seconds", across, up, {"bartizan": points})


def _panel(title: str, across: _Axis, up: _Axis, curves: dict[str, list[tuple[float, float]]]) -> list[str]:
    """Title, frame, numbers, and one line for each curve."""
    drawn = [f'<text x="{across.start}" y="{_TOP - 15}" font-weight="bold">{title}</text>']
    for value in up.ticks():
        y = up.at(value)
        drawn.append(f'<path d="M{across.start} {y}H{across.end}" stroke="#dddddd"/>')
        drawn.append(f'<text x="{across.start - 6}" y="{y + 4}" text-anchor="end">{value:.4g}</text>')
    for value in across.ticks():
        drawn.append(f'<text x="{across.at(value)}" y="{up.start + 18}" text-anchor="middle">{value:.3g}</text>')
    for name, points in curves.items():
        path = " ".join(f"{across.at(x)},{up.at(y)}" for x, y in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{_COLOURS[name]}" stroke-width="1.5"/>')
    return drawn


def _legend() -> list[str]:
    """Which colour is which."""
    drawn = []
    for number, (name, colour) in enumerate(_COLOURS.items()):
        x = _LEFT + number * 120
        drawn.append(f'<rect x="{x}" y="{HEIGHT - 20}" width="12" height="4" fill="{colour}"/>')
        drawn.append(f'<text x="{x + 18}" y="{HEIGHT - 14}">{name}</text>')
    return drawn
