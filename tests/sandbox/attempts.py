"""What a process that was taken over would try: one function for each attempt, which returns when it succeeded.

Runs inside the canary, locked down; OSError: refused. Everything an attempt needs was made by `Ground` before.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import resource
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bartizan.scanner.slot import Slot

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
AT_FDCWD = -100


@dataclass
class Ground:
    """Where the attempts take place: a folder that is open for writing to smtpd, and one that is not."""

    own: Path
    foreign: Path
    memory: int = field(default_factory=lambda: os.memfd_create("canary", os.MFD_ALLOW_SEALING))
    unix: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)
    directory: int = field(default_factory=lambda: os.open("/", os.O_PATH))
    prepared: Any = None

    def close(self) -> None:
        """Free what the next one makes anew."""
        os.close(self.memory)
        os.close(self.directory)
        for one in self.unix:
            one.close()


def _call(x86_64: int, aarch64: int, *arguments: int | None) -> None:
    """A system call by number."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    if LIBC.syscall(ctypes.c_long(x86_64 if X86 else aarch64), *words) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def read_file(ground: Ground) -> None:
    """Read file."""
    Path("/etc/passwd").read_bytes()


def write_file(ground: Ground) -> None:
    """Write file."""
    (ground.foreign / "new").write_bytes(b"x")


def overwrite_file(ground: Ground) -> None:
    """Overwrite file."""
    with (ground.foreign / "file").open("r+b") as file:
        file.write(b"x")


def stat_file(ground: Ground) -> None:
    """Stat file."""
    os.stat("/etc/passwd")


def list_directory(ground: Ground) -> None:
    """List directory."""
    os.listdir(ground.foreign)


def unlink(ground: Ground) -> None:
    """Unlink."""
    os.unlink(ground.foreign / "file")


def rename_out(ground: Ground) -> None:
    """Rename out."""
    os.rename(ground.own / "file", ground.foreign / "moved")


def make_directory(ground: Ground) -> None:
    """Make directory."""
    os.mkdir(ground.foreign / "directory")


def symlink(ground: Ground) -> None:
    """Symlink."""
    os.symlink("/etc", ground.own / "link")


def hard_link(ground: Ground) -> None:
    """Hard link."""
    os.link(ground.own / "file", ground.own / "second")


def make_device(ground: Ground) -> None:
    """Make device."""
    os.mknod(ground.own / "device", 0o600 | 0o060000, os.makedev(8, 0))


def make_runnable_as_owner(ground: Ground) -> None:
    """Make runnable as owner."""
    with (ground.own / "file").open("rb") as file:
        os.fchmod(file.fileno(), 0o4755)


def change_mode(ground: Ground) -> None:
    """Change mode."""
    os.chmod(ground.foreign / "file", 0o666)


def change_owner(ground: Ground) -> None:
    """Change owner."""
    os.chown(ground.own / "file", 0, 0)


def write_own_memory(ground: Ground) -> None:
    """Write own memory."""
    Path("/proc/self/mem").open("r+b").close()


def read_parents_memory(ground: Ground) -> None:
    """Read parents memory."""
    Path(f"/proc/{os.getppid()}/mem").open("rb").close()


def open_relative(ground: Ground) -> None:
    """Open relative."""
    os.open("etc/passwd", os.O_RDONLY, dir_fd=ground.directory)


def open_by_handle(ground: Ground) -> None:
    """Open by handle."""
    _call(304, 265, ground.directory, None, os.O_RDONLY)


def internet_socket(ground: Ground) -> None:
    """Internet socket."""
    socket.socket(socket.AF_INET).close()


def unix_socket(ground: Ground) -> None:
    """Unix socket."""
    socket.socket(socket.AF_UNIX).close()


def netlink_socket(ground: Ground) -> None:
    """Netlink socket."""
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()


def packet_socket(ground: Ground) -> None:
    """Packet socket."""
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()


def raw_socket(ground: Ground) -> None:
    """Raw socket."""
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close()


def connect(ground: Ground) -> None:
    """Connect."""
    ground.unix[0].connect("\0bartizan-canary")


def bind(ground: Ground) -> None:
    """Bind."""
    ground.unix[0].bind("\0bartizan-canary")


def bind_tcp(ground: Ground) -> None:
    """Bind tcp."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))


def close_queue(ground: Ground) -> None:
    """What would end a listener that others share."""
    ground.unix[0].shutdown(socket.SHUT_RDWR)


def block_others(ground: Ground) -> None:
    """What would let others wait for ever on a listener that they share."""
    fcntl.fcntl(ground.unix[0], fcntl.F_SETFL, 0)


def cut_off_page(ground: Ground) -> None:
    """What would kill whoever has it mapped."""
    os.ftruncate(Slot.create(), 0)


def filter_packets(ground: Ground) -> None:
    """Filter packets."""
    ground.unix[0].setsockopt(263, 1, b"x")


def execute(ground: Ground) -> None:
    """Execute."""
    os.execv("/bin/true", ["true"])


def execute_memory(ground: Ground) -> None:
    """Execute memory."""
    os.execve(ground.memory, ["x"], {})


def fork(ground: Ground) -> None:
    """Fork."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def vfork(ground: Ground) -> None:
    """Vfork."""
    flags = 0x4100 | signal.SIGCHLD  # CLONE_VM, CLONE_VFORK
    stack = ctypes.create_string_buffer(65536)
    top = ctypes.c_void_p(ctypes.addressof(stack) + 65536)
    if LIBC.clone(ctypes.cast(LIBC._exit, ctypes.c_void_p), top, flags, None) < 0:
        raise OSError(ctypes.get_errno(), "clone")


def thread(ground: Ground) -> None:
    """Thread."""
    started = threading.Thread(target=int)
    started.start()
    started.join()


def executable_memory(ground: Ground) -> None:
    """Executable memory."""
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def make_executable(ground: Ground) -> None:
    """Make executable."""
    LIBC.mmap.restype = ctypes.c_void_p
    page = LIBC.mmap(None, ctypes.c_size_t(4096), 3, 0x22, -1, ctypes.c_long(0))
    if LIBC.mprotect(ctypes.c_void_p(page), ctypes.c_size_t(4096), 5) != 0:
        raise OSError(ctypes.get_errno(), "mprotect")


def trace(ground: Ground) -> None:
    """Trace."""
    if LIBC.ptrace(16, os.getppid(), None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def read_process(ground: Ground) -> None:
    """Read process."""
    _call(310, 270, os.getppid(), None, 0, None, 0, 0)


def steal_descriptor(ground: Ground) -> None:
    """Steal descriptor."""
    _call(438, 438, ground.memory, 0, 0)


def kill(ground: Ground) -> None:
    """Kill."""
    os.kill(os.getppid(), 0)


def kill_by_pidfd(ground: Ground) -> None:
    """Kill by pidfd."""
    signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGCONT)


def signal_by_owner(ground: Ground) -> None:
    """Signal by owner."""
    fcntl.fcntl(ground.unix[0], fcntl.F_SETOWN, os.getppid())


def limit_parent(ground: Ground) -> None:
    """Limit parent."""
    resource.prlimit(os.getppid(), resource.RLIMIT_CORE)


def become_root(ground: Ground) -> None:
    """Become root."""
    os.setuid(0)


def make_dumpable(ground: Ground) -> None:
    """Make dumpable."""
    if LIBC.prctl(4, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def mount(ground: Ground) -> None:
    """Mount."""
    if LIBC.mount(b"none", b"/mnt", b"tmpfs", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")


def chroot(ground: Ground) -> None:
    """Chroot."""
    os.chroot("/")


def new_namespace(ground: Ground) -> None:
    """New namespace."""
    if LIBC.unshare(0x10000000) != 0:
        raise OSError(ctypes.get_errno(), "unshare")


def load_program_into_kernel(ground: Ground) -> None:
    """Load program into kernel."""
    _call(321, 280, 0, None, 0)


def handle_page_faults(ground: Ground) -> None:
    """Handle page faults."""
    _call(323, 282, 1)


def read_keys(ground: Ground) -> None:
    """Read keys."""
    _call(250, 219, 0, -3, 0)


def add_key(ground: Ground) -> None:
    """Add key."""
    _call(248, 217, None, None, None, 0, -3)


def watch_performance(ground: Ground) -> None:
    """Watch performance."""
    _call(298, 241, None, 0, -1, -1, 0)


def ring(ground: Ground) -> None:
    """Ring."""
    buffer = ctypes.create_string_buffer(120)
    if LIBC.syscall(ctypes.c_long(425), ctypes.c_long(4), buffer) < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")


def watch_files(ground: Ground) -> None:
    """What tells of every file that others make, open or change."""
    _call(294, 26, 0)


def take_all_memory(ground: Ground) -> None:
    """Address space that nobody has touched yet."""
    try:
        mmap.mmap(-1, 8 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000).close()
    except OSError as problem:
        if problem.errno != errno.ENOMEM:
            raise RuntimeError from problem
        raise


def dump_core(ground: Ground) -> None:
    """The limit that keeps the memory of a process that dies out of a file."""
    if resource.getrlimit(resource.RLIMIT_CORE) == (0, 0):
        raise OSError(errno.EPERM, "no core")


ATTEMPTS: tuple[Callable[[Ground], None], ...] = (
    read_file, write_file, overwrite_file, stat_file, list_directory, unlink, rename_out, make_directory, symlink,
    hard_link, make_device, make_runnable_as_owner, change_mode, change_owner, write_own_memory,
    read_parents_memory, open_relative, open_by_handle, internet_socket, unix_socket, netlink_socket, packet_socket,
    raw_socket, connect, bind, bind_tcp, close_queue, block_others, cut_off_page, filter_packets, execute,
    execute_memory, fork, vfork, thread, executable_memory, make_executable, trace, read_process, steal_descriptor,
    kill, kill_by_pidfd, signal_by_owner, limit_parent, become_root, make_dumpable, mount, chroot, new_namespace,
    load_program_into_kernel, handle_page_faults, read_keys, add_key, watch_performance, ring, watch_files,
    take_all_memory, dump_core,
)  # fmt: skip
