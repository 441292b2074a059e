"""Clients that send without end, and try again as an MTA does until each mail has its 250.

A mail is tried on the kept connection, after a lost connection or a 4yz on a new one. What became of every attempt is
recorded. Runs in threads of the test's process, which nobody kills.
"""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from end_to_end.client import Client
from kill.letters import Letter, letter

BACKOFF = 0.03
BETWEEN = 0.01
SECONDS = 40.0


class End(enum.Enum):
    """How an attempt ended, as far as the client knows."""

    TAKEN = "250 after the final dot"
    DEFERRED = "4yz: nothing was taken"
    UNKNOWN = "451 4.4.2 after the final dot: it may have been taken"
    BROKEN = "the connection was lost before the final dot was sent"
    DOUBT = "the connection was lost after the final dot may have been sent"
    REFUSED = "5yz"


@dataclass(slots=True)
class Story:
    """One mail, by its token, and its attempts, in order."""

    token: str
    ends: list[End] = field(default_factory=list)

    @property
    def letter(self) -> Letter:
        """The mail, made again each time: a long run sends more than memory should hold."""
        return letter(self.token)

    @property
    def doubts(self) -> int:
        """Attempts that may have been taken although no 250 arrived."""
        return sum(end in (End.DOUBT, End.UNKNOWN) for end in self.ends)


class Crowd:
    """Several clients of the gateway at a port, each with one mail at a time."""

    def __init__(self, port: int, clients: int, name: str) -> None:
        self.port = port
        self.stories: list[Story] = []
        self.failures: list[BaseException] = []
        self._news = threading.Condition()
        self._taken = 0
        self._over = threading.Event()
        self._abandoned = threading.Event()
        self._name = name
        self._threads = [threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(clients)]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._abandoned.set()
        for thread in self._threads:
            thread.join(SECONDS)

    @property
    def taken(self) -> int:
        """Mails that got their 250 so far."""
        return self._taken

    def wait_for(self, taken: int, seconds: float) -> bool:
        """Wait until so many mails were taken in all; False when time is up."""
        with self._news:
            return self._news.wait_for(lambda: self._taken >= taken or bool(self.failures), seconds)

    def finish(self, seconds: float) -> int:
        """Begin no more mails; wait until those begun have their 250. How many clients are not that far yet."""
        self._over.set()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return sum(thread.is_alive() for thread in self._threads)

    def _run(self, number: int) -> None:
        mailer = Mailer(self.port)
        try:
            for story in self._begin(number):
                mail = story.letter
                while End.TAKEN not in story.ends:
                    if story.ends and self._abandoned.wait(BACKOFF):
                        return
                    story.ends.append(mailer.attempt(mail))
                with self._news:
                    self._taken += 1
                    self._news.notify_all()
                self._over.wait(BETWEEN)
        except BaseException as error:
            self.failures.append(error)
        finally:
            mailer.hang_up()

    def _begin(self, number: int) -> Iterator[Story]:
        serial = 0
        while not self._over.is_set():
            serial += 1
            story = Story(f"{self._name}-{number}-{serial}")
            self.stories.append(story)
            yield story


class Mailer:
    """One client and the connection that it keeps."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._client: Client | None = None

    def attempt(self, mail: Letter) -> End:
        """Try once to have it taken."""
        dot = False
        try:
            if self._client is None:
                self._client = Client(self._port)
            client = self._client
            for command in (f"MAIL FROM:<{mail.sender}>", *(f"RCPT TO:<{to}>" for to in mail.recipients), "DATA"):
                answer = client.say(command.encode())
                if answer.code >= 400:
                    return self._turned_away(answer.code, "")
            stuffed = mail.raw.replace(b"\r\n.", b"\r\n..")
            dot = True
            client.send(stuffed + b".\r\n")
            answer = client.answer()
        except OSError:
            self.hang_up()
            return End.DOUBT if dot else End.BROKEN
        return End.TAKEN if answer.code == 250 else self._turned_away(answer.code, answer.text)

    def hang_up(self) -> None:
        """Let go of the connection."""
        if self._client is not None:
            self._client.__exit__(None, None, None)
            self._client = None

    def _turned_away(self, code: int, text: str) -> End:
        self.hang_up()
        if code >= 500:
            return End.REFUSED
        return End.UNKNOWN if text.startswith("4.4.2") else End.DEFERRED
