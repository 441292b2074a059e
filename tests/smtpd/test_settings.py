"""Settings that cannot work are refused at start."""

from __future__ import annotations

from smtpd.house import settings_of

import pytest

from bartizan.smtpd.settings import SessionSettings


def test_positive() -> None:
    """Every timeout and cap, by name."""
    with pytest.raises(ValueError, match="must be positive: command, sessions"):
        settings_of(command=0.0, sessions=0)


@pytest.mark.parametrize("name", ["", "two words", "é.example", "a\r\nb"])
def test_hostname(name: str) -> None:
    """It goes into the greeting as it is."""
    with pytest.raises(ValueError, match="hostname"):
        SessionSettings(hostname=name)
