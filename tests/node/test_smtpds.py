"""Who takes whose place, and when: smtpds that only pretend."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from bartizan.model.errors import TemporaryError
from bartizan.node import smtpds
from bartizan.node.smtpds import Smtpds
from bartizan.observe.events import EventLog
from bartizan.observe.supervision import Supervision


@dataclass(eq=False)
class Pretended:
    """An smtpd process without a process."""

    slot: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(ready=False, generation=0))
    process: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(pid=1, returncode=-9))
    ended: bool = False
    stuck: bool = False
    killed: bool = False
    serves: object = None
    patient: bool | None = None
    terminated: bool = False

    def begin(self, followed: object, slot: object, *, events: int, meter: int, patient: bool) -> None:
        """It is told, and ready at once."""
        self.serves, self.patient, self.slot.ready = slot, patient, True

    def terminate(self) -> None:
        """It drains, for as long as the test likes."""
        self.terminated = True

    def kill(self) -> None:
        """It ends."""
        self.ended = True

    def close(self) -> None:
        """Nothing to free."""


class Log(EventLog):
    """A log that nobody reads."""

    descriptor = 0

    def __init__(self) -> None:
        super().__init__(io.BytesIO())


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Pretended]:
    """Every process that was started."""
    found: list[Pretended] = []

    def start(_account: object) -> Pretended:
        found.append(Pretended())
        return found[-1]

    monkeypatch.setattr(smtpds, "SmtpdProcess", start)
    return found


def family(count: int = 2) -> Smtpds:
    """Smtpds for so many slots, started."""
    generation = SimpleNamespace(generation=SimpleNamespace(number=1))
    slots = tuple(f"slot {index}" for index in range(count))
    one = Smtpds(slots, lambda: generation, Log(), [0] * count, Supervision.unread(), None)  # type: ignore[arg-type,return-value]
    one.start()
    return one


def serving(made: list[Pretended]) -> list[object]:
    """What is served by those that live."""
    return [one.serves for one in made if not one.ended and one.serves]


def test_the_first_are_patient_and_a_spare_follows(made: list[Pretended]) -> None:
    """The spare is started once all serve, and has no slot yet."""
    running = family()
    assert [(one.serves, one.patient) for one in made] == [("slot 0", True), ("slot 1", True)]
    running.tick()
    assert [one.serves for one in made] == ["slot 0", "slot 1", None]


def test_the_spare_takes_the_place_of_the_dead(made: list[Pretended]) -> None:
    """Without waiting for a process to start."""
    running = family()
    running.tick()
    made[0].ended = True
    running.tick()
    assert (made[2].serves, made[2].patient) == ("slot 0", False)
    assert running.ready == 2


def test_two_deaths_at_once(made: list[Pretended]) -> None:
    """One gets the spare, the other a new process."""
    running = family()
    running.tick()
    made[0].ended = made[1].ended = True
    running.tick()
    assert serving(made) == ["slot 0", "slot 1"]


def test_a_dead_spare_is_no_help(made: list[Pretended]) -> None:
    """Whoever died waiting is not given a slot."""
    running = family()
    running.tick()
    made[2].ended = made[0].ended = True
    running.tick()
    assert made[2].serves is None
    assert sorted(map(str, serving(made))) == ["slot 0", "slot 1"]


def test_one_that_dies_before_it_serves_waits_for_its_next_turn(made: list[Pretended]) -> None:
    """A configuration that kills every smtpd must not make them come and go all the time."""
    running = family()
    made[0].slot.ready, made[0].ended = False, True
    running.tick()
    running.tick()
    assert serving(made) == ["slot 1"]
    with pytest.raises(TemporaryError):
        running.all_ready()


def test_a_silent_one_is_killed_and_replaced(made: list[Pretended]) -> None:
    """The kernel goes on sending it connections."""
    running = family()
    made[1].stuck = True
    running.tick()
    running.tick()
    assert made[1].ended
    assert sorted(map(str, serving(made))) == ["slot 0", "slot 1"]


def test_they_are_renewed_one_after_the_other(made: list[Pretended]) -> None:
    """While one drains the others serve."""
    running = family()
    running.tick()
    running.renew()
    running.tick()
    running.tick()
    assert [one.terminated for one in made] == [False, True, False]
    made[1].ended = True
    running.tick()
    running.tick()
    assert [one.terminated for one in made] == [True, True, False]
    made[0].ended = True
    running.tick()
    running.tick()
    assert not any(one.terminated for one in made if not one.ended)
    assert sorted(map(str, serving(made))) == ["slot 0", "slot 1"]


def test_the_oldest_generation_counts(made: list[Pretended]) -> None:
    """One that has just been started may still be told of an old one."""
    running = family()
    made[0].slot.generation, made[1].slot.generation = 3, 2
    assert running.oldest_generation() == 2
    made[1].ended = True
    assert running.oldest_generation() == 3
