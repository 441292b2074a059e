"""The text that Prometheus reads: every family, valid, and the numbers of the pages."""

from __future__ import annotations

import os

from prometheus_client.parser import text_string_to_metric_families

from admin.pages import Pages
from bartizan import __version__
from bartizan.admin.exposition import Exposition
from bartizan.model.finding import Reason, gap
from bartizan.observe.metrics import BOUNDS, FATES, SMTPD, SUPERVISOR, Stage
from bartizan.observe.page import SIZE, Shape

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(pages: Pages) -> Samples:
    """Every sample of the exposition, by name and labels; the parser refuses what is not valid."""
    text = Exposition(pages.board()).text().decode()
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        for sample in family.samples:
            key = sample.name, tuple(sorted(sample.labels.items()))
            assert key not in found
            found[key] = sample.value
    return found


def test_every_family_is_told(pages: Pages) -> None:
    """Each with every value of its label, from the first scrape on; nothing else but the info."""
    found = samples(pages)
    expected = {("bartizan_rules_info", (("bundle", "c0ffee"), ("version", __version__)))}
    for family in (*SMTPD.families, *SUPERVISOR.families):
        for value in family.values or ("",):
            name, labels = f"bartizan_{family.name}", ((family.label, value),) if family.label else ()
            if family.shape is Shape.HISTOGRAM:
                ends = (*(str(end) for end in BOUNDS), "+Inf")
                expected |= {(f"{name}_bucket", tuple(sorted((*labels, ("le", end))))) for end in ends}
                expected |= {(f"{name}_count", labels), (f"{name}_sum", labels)}
            else:
                expected.add((f"{name}_total" if family.shape is Shape.COUNTER else name, labels))
    assert set(found) == expected


def test_slots_are_added_up(pages: Pages) -> None:
    """Two smtpds, one number; the identity holds in what is told, busy or not."""
    for number, meter in enumerate(pages.meters, 1):
        meter.open("a", 3)
        meter.settle("a", 250, "accept", number)
        meter.open("b", number)
        meter.found([gap(Reason.LIMIT_RATIO, "1")])
    found = samples(pages)
    fates = {fate: found["bartizan_recipients_total", (("fate", fate),)] for fate in FATES}
    assert (fates["relayed"], fates["quarantined"]) == (3, 3)
    assert found["bartizan_recipients_in_flight", ()] == 3
    assert found["bartizan_recipients_received_total", ()] == sum(fates.values()) + 3
    assert found["bartizan_gaps_total", (("reason", "limit:ratio"),)] == 2
    assert found["bartizan_messages_in_flight", ()] == 2


def test_histograms_accumulate(pages: Pages) -> None:
    """A bucket counts what is in those below it too."""
    for seconds in (0.002, 0.02, 0.2, 100.0):
        pages.meters[0].took(Stage.SEND, seconds)
    found = samples(pages)

    def bucket(end: str) -> float:
        return found["bartizan_stage_seconds_bucket", (("le", end), ("stage", "send"))]

    assert [bucket(end) for end in ("0.001", "0.0025", "0.05", "0.25", "60.0", "+Inf")] == [0, 1, 2, 3, 3, 4]
    assert found["bartizan_stage_seconds_count", (("stage", "send"),)] == 4
    assert round(found["bartizan_stage_seconds_sum", (("stage", "send"),)], 3) == 100.222


def test_heartbeat_is_an_age(pages: Pages) -> None:
    """Seconds since then; nothing before the first."""
    assert 0 <= samples(pages)["bartizan_supervisor_heartbeat_age_seconds", ()] < 60
    pages.supervision._cells[SUPERVISOR.cell("supervisor_heartbeat_age_seconds")] = 0
    assert ("bartizan_supervisor_heartbeat_age_seconds", ()) not in samples(pages)


def test_garbage_is_still_valid(pages: Pages) -> None:
    """Pages full of anything give the same names with some numbers."""
    names = set(samples(pages))
    for descriptor in pages.smtpds:
        os.pwrite(descriptor, os.urandom(SIZE - 8), 8)
    assert set(samples(pages)) == names
    os.pwrite(pages.smtpds[0], os.urandom(8), 0)
    assert set(samples(pages)) == names
