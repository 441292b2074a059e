"""Plays a dialogue against the listener of a configuration, prepared as a gateway prepares it.

In: TOML and the text of a dialogue (tests/smtpd/dialogue.py), which may say nothing of settings, lists or patterns
itself. `E:` and `D:` are what the next hop is sent. The DNS is asked where the dialogue has a zone. A dialogue that
begins with `early: PROXY ...` is that of the client that this names; the listener then takes the test for a balancer.
Not here: what scanners and rules say of a message; the dialogue's `submit:` stands for them.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from smtpd.dialogue import CERTIFICATE, Player
from smtpd.house import Pipeline

from bartizan._core.stream import MessageStream
from bartizan.actions.hide import Hiding
from bartizan.auth.authenticator import Authenticator
from bartizan.auth.passwords import PasswordFile
from bartizan.config.load import Source
from bartizan.config.resolve import Flags
from bartizan.config.schema import ANY_DOMAIN
from bartizan.model.envelope import Envelope
from bartizan.model.reply import Reply
from bartizan.node import lists
from bartizan.node.generation import Generation, publish
from bartizan.node.prepare import complete
from bartizan.node.sessions import session_settings
from bartizan.wall.patterns import Patterns
from bartizan.wall.wall import Wall

FILES = Path(__file__).with_name("files")
TAKEN = ("settings:", "list:", "pattern:")
"""Steps that a dialogue may not have here: the configuration says it."""


def published(toml: str, folder: Path) -> Generation:
    """The generation of a configuration that lies in `folder`, with the map files and the certificate that the page
    names. ConfigError says everything that is wrong."""
    shutil.copytree(FILES, folder, dirs_exist_ok=True)
    for name in ("mx.crt", "mx.key"):
        shutil.copy(CERTIFICATE, folder / name)
    path = folder / "bartizan.toml"
    path.write_text(toml, encoding="utf-8")
    settings = Source(str(path), Flags(workers=1)).load()
    ready = complete(replace(settings, server=replace(settings.server, cache=str(folder / "cache"))))
    return publish(
        1,
        ready.settings,
        ready.bundle.hash,
        ready.certificates,
        ready.lists,
        ready.passwords,
        directory=str(folder / "generation"),
        account=None,
    )


class Outlet(Pipeline):
    """Keeps messages as they leave: without the names of the inside, as the configuration says. The field Received that
    this host adds is left out."""

    hiding: Hiding

    async def submit(self, envelope: Envelope, stream: MessageStream) -> Reply:
        """As the pipeline does, and what is sent on in the place of what arrived."""
        reply = await super().submit(envelope, stream)
        outgoing = self.hiding.outgoing(*self.accepted[-1])
        self.accepted[-1] = (outgoing.envelope, bytes(outgoing.raw))
        return reply


class Stage(Player):
    """Plays one dialogue under the settings of a generation."""

    def __init__(self, text: str, generation: Generation) -> None:
        super().__init__(text)
        taken = [f"line {number}: {key}" for number, key, _ in self.steps if key in TAKEN]
        assert not taken, taken
        self.generation = generation

    async def play(self) -> None:
        """The whole dialogue, with the first listener."""
        self._prepare()
        settings = session_settings(self.generation, 0)
        if self.early.startswith(b"PROXY "):
            settings = replace(settings, balancers=(ip_network("127.0.0.0/8"),))
        self.pipeline = outlet = Outlet(settings)
        outlet.hiding = Hiding(self.generation.settings.hide, settings.hostname)
        self.pipeline.authenticator = logins = self._logins()
        with contextlib.ExitStack() as stack:
            self.pipeline.wall = wall = self._wall(stack)
            await self._converse()
            if logins is not None:
                await logins.close()
            if wall.resolver is not None:
                await wall.resolver.close()

    def _wall(self, stack: contextlib.ExitStack) -> Wall:
        """As in node/force.py, with the name server of the dialogue."""
        listener = self.generation.settings.listeners[0]
        own = {self.generation.settings.server.hostname.lower(), *listener.recipient_domains} - set(ANY_DOMAIN)
        tables = lists.opened(self.generation.tables(0))
        return Wall(tables, Patterns(listener.sender_patterns), super()._wall(stack).resolver, frozenset(own))

    def _logins(self) -> Authenticator | None:
        """Who may log in, as the configuration says."""
        settings = self.generation.settings.auth
        if not settings.anybody:
            return None
        return Authenticator(settings, PasswordFile.parse(self.generation.passwords(), settings.passwords))
