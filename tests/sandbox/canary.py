"""Tries things under lock-down and tells what became of each: `python canary.py ROLE OWN FOREIGN ATTEMPT...`.

For each attempt a child is forked, which locks itself down as ROLE and tries it. Printed is one JSON object: the
attempt's name and "works", "refused" (an OSError), "killed" (by the filter), or what else happened. With "landlock" as
the first half of ROLE, only that wall stands. OWN is a folder that ROLE may write to, FOREIGN one that nobody may.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import attempts
import needs

from bartizan.model.limits import Limits
from bartizan.sandbox import landlock, places, profiles, syscalls
from bartizan.sandbox.lockdown import Lockdown, Mode
from bartizan.sandbox.profiles import Profile
from bartizan.scanner import codecs

SECONDS = 20
NO_NEW_PRIVS = 38
ACTIONS: dict[str, Callable[[attempts.Ground], None]] = {
    action.__name__: action for action in (*attempts.ATTEMPTS, *needs.NEEDS)
}


def profile(role: str, ground: attempts.Ground) -> Profile:
    """The profile of a role."""
    if role == "smtpd":
        return profiles.smtpd(places.network(), (str(ground.own),))
    if role == "admin":
        return profiles.admin()
    return {"scanner": profiles.scanner, "zygote": profiles.zygote}[role](Limits())


def lock_down(role: str, ground: attempts.Ground) -> None:
    """Put the walls up."""
    wall, _, alone = role.partition("-")
    if wall == "landlock":
        syscalls.prctl(NO_NEW_PRIVS, 1)
        chosen = profile(alone, ground)
        landlock.restrict(chosen.read, chosen.write, connect=chosen.connect)
    elif role == "child":
        tight = Lockdown(profiles.child(Limits()), Mode.REQUIRED)
        Lockdown(profiles.zygote(Limits()), Mode.REQUIRED).apply()
        tight.tighten()
    else:
        Lockdown(profile(role, ground), Mode.REQUIRED).apply()


def fresh(own: Path, foreign: Path) -> attempts.Ground:
    """Both folders as if nothing had happened, a file in each."""
    for folder in (own, foreign):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "file").write_bytes(b"here")
    return attempts.Ground(own, foreign)


def attempt(role: str, name: str, ground: attempts.Ground) -> str:
    """What became of it."""
    pid = os.fork()
    if pid == 0:
        code = 3
        try:
            signal.alarm(SECONDS)
            prepared = needs.PREPARATIONS.get(name, lambda ground: None)(ground)
            ground.prepared = prepared
            lock_down(role, ground)
            code = 1
            ACTIONS[name](ground)
            code = 0
        except OSError:
            if code == 3:
                traceback.print_exc()
        except BaseException:
            traceback.print_exc()
            code = 2
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    ground.close()
    known = {0: "works", 1: "refused", 2: "failed", 3: "not prepared", -signal.SIGSYS: "killed"}
    return known.get(code, str(code))


def main(role: str, own: str, foreign: str, *names: str) -> None:
    """All of them, one after another."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    codecs.preload()
    places.prepare()
    found = {}
    for name in names:
        found[name] = attempt(role, name, fresh(Path(own), Path(foreign)))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
