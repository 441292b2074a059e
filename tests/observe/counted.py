"""Numbers of a Meter, as tests like to read them."""

from __future__ import annotations

from bartizan.observe.meter import Meter
from bartizan.observe.metrics import FATES, SMTPD
from bartizan.observe.page import Reading


def reading(meter: Meter) -> Reading:
    """What a reader of the meter's page would see."""
    return Reading(SMTPD, list(meter._cells[: SMTPD.length]))


def counted(meter: Meter, name: str) -> dict[str, int]:
    """The values of one family that are not 0, by label value ("" where there is no label)."""
    family = next(family for family in SMTPD.families if family.name == name)
    seen = reading(meter)
    return {value: seen.value(name, value) for value in family.values or ("",) if seen.value(name, value)}


def fates(meter: Meter) -> dict[str, int]:
    """Recipients by fate, without zeros; the accounting identity is checked on the way."""
    seen = reading(meter)
    told = {fate: seen.value("recipients", fate) for fate in FATES}
    assert seen.value("recipients_received") == sum(told.values()) + seen.value("recipients_in_flight")
    return {fate: number for fate, number in told.items() if number}


def in_flight(meter: Meter) -> int:
    """Recipients whose fate is not known."""
    return reading(meter).value("recipients_in_flight")


def assert_quiet(meter: Meter) -> None:
    """Nothing is under way, and the numbers say so."""
    seen = reading(meter)
    gauges = ("recipients_in_flight", "messages_in_flight", "in_flight_bytes", "sessions")
    assert {gauge: seen.value(gauge) for gauge in gauges} == dict.fromkeys(gauges, 0)
