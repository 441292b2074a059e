"""Which certificate a client is presented, what a handshake may be like, and how names come out of certificates."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.smtpd.tls import CIPHERS, Chain, names_of, quietly, server_context

EC = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
RSA = ("rsa:2048",)


def made(folder: Path, name: str, alternatives: str, *more: str, key: tuple[str, ...] = EC, subject: str = "/") -> Path:
    """A self-signed certificate and its key in one file, for alternative names such as "DNS:a.example"."""
    whole, key_file, certificate = (folder / f"{name}.{suffix}" for suffix in ("pem", "key", "crt"))
    command = ["openssl", "req", "-x509", "-nodes", "-days", "9", "-newkey", *key, "-subj", subject, *more]
    if alternatives:
        command += ["-addext", f"subjectAltName={alternatives}"]
    subprocess.run([*command, "-keyout", key_file, "-out", certificate], check=True, capture_output=True)
    whole.write_bytes(certificate.read_bytes() + key_file.read_bytes())
    return whole


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Chain]:
    """Some certificates."""
    folder = tmp_path_factory.mktemp("certificates")
    files = {
        "first": made(folder, "first", "DNS:mx.example"),
        "wild": made(folder, "wild", "DNS:*.wild.example,DNS:wild.example"),
        "inside": made(folder, "inside", "DNS:own.wild.example"),
        "rsa": made(folder, "rsa", "DNS:mx.example,DNS:old.example", key=RSA),
        "later": made(folder, "later", "DNS:mx.example,DNS:later.example"),
    }
    return {name: Chain(str(file), names_of(str(file))) for name, file in files.items()}


def shake(server: ssl.SSLContext, name: str | None = None, client: ssl.SSLContext | None = None) -> tuple[bytes, str]:
    """The certificate that a client sees, and the cipher. ssl.SSLError when there is no handshake."""
    if client is None:
        client = anybody()
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = client.wrap_bio(down, up, server_hostname=name)
    called = server.wrap_bio(up, down, server_side=True)
    for end in (caller, called, caller, called, caller):
        with contextlib.suppress(ssl.SSLWantReadError):
            end.do_handshake()
    assert called.version() == caller.version()
    return caller.getpeercert(binary_form=True) or b"", (caller.cipher() or ("",))[0]


def anybody(version: ssl.TLSVersion | None = None, ciphers: str = "") -> ssl.SSLContext:
    """A client that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version is not None:
        context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    return context


def der(chain: Chain) -> bytes:
    """Its certificate, as a client sees it."""
    text = Path(chain.file).read_text(encoding="ascii")
    return ssl.PEM_cert_to_DER_cert(text[: text.index("-----BEGIN PRIVATE")])


WANTED = {
    None: "first",
    "mx.example": "first",
    "MX.Example": "first",
    "mx.example.": "first",
    "unknown.example": "first",
    "192.0.2.1": "first",
    "a.wild.example": "wild",
    "wild.example": "wild",
    "own.wild.example": "inside",
    "a.b.wild.example": "first",
    "wild.example.org": "first",
    "x" * 63 + ".example": "first",
}


@pytest.mark.parametrize(("name", "wanted"), WANTED.items(), ids=map(str, WANTED))
def test_by_name(chains: dict[str, Chain], name: str | None, wanted: str) -> None:
    """An exact name before a wildcard, which stands for one label; whoever is not known gets the first."""
    server = server_context([chains["first"], chains["wild"], chains["inside"]])
    assert shake(server, name)[0] == der(chains[wanted])


@pytest.mark.parametrize("name", [None, "mx.example"])
def test_two_kinds_of_key_for_a_name(chains: dict[str, Chain], name: str | None) -> None:
    """Each client gets the one that it can verify; of one kind the first is presented."""
    server = server_context([chains["first"], chains["rsa"], chains["later"]])
    old = anybody(ssl.TLSVersion.TLSv1_2, "ECDHE-RSA-AES128-GCM-SHA256")
    assert shake(server, name, old)[0] == der(chains["rsa"])
    assert shake(server, name)[0] == der(chains["first"])
    assert shake(server, "later.example")[0] == der(chains["later"])
    assert shake(server, "old.example")[0] == der(chains["rsa"])


def test_a_name_that_is_not_ascii(chains: dict[str, Chain]) -> None:
    """Ends the handshake, and is not told of at length; anything else still is."""
    server = server_context([chains["first"], chains["wild"]])
    outgoing, incoming = ssl.MemoryBIO(), ssl.MemoryBIO()
    caller = anybody().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="abcdefgh.example")
    with contextlib.suppress(ssl.SSLWantReadError):
        caller.do_handshake()
    incoming.write(outgoing.read().replace(b"abcdefgh", b"abc\xff\xfefgh"))
    told: list[object] = []
    before = sys.unraisablehook
    sys.unraisablehook = quietly(told.append)
    try:
        with pytest.raises(ssl.SSLError):
            server.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True).do_handshake()
        assert told == []
        other = SimpleNamespace(exc_type=ValueError, object=b"x")
        sys.unraisablehook(other)  # type: ignore[arg-type]
        assert told == [other]
    finally:
        sys.unraisablehook = before


@given(st.text("abcXYZ019.-_*\x01 ", min_size=1, max_size=270))
def test_any_name(chains: dict[str, Chain], name: str) -> None:
    """Whatever is asked for, something is presented: none raises."""
    server = server_context([chains["first"], chains["wild"]])
    presented: list[ssl.SSLContext] = []
    engine = SimpleNamespace(context=server)
    server.sni_callback(engine, name, server)  # type: ignore[misc, arg-type]
    presented.append(engine.context)
    assert isinstance(presented[0], ssl.SSLContext)


# What a handshake may be like


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids=["1.0", "1.1"])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_versions(chains: dict[str, Chain], version: ssl.TLSVersion) -> None:
    """Refused, also by those contexts that a name leads to."""
    server = server_context([chains["first"], chains["wild"]])
    for name in ("mx.example", "wild.example"):
        with pytest.raises(ssl.SSLError, match="UNSUPPORTED_PROTOCOL"):
            shake(server, name, anybody(version, "ALL:@SECLEVEL=0"))


@pytest.mark.parametrize(
    "cipher", ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA", "DHE-RSA-AES128-GCM-SHA256"]
)
def test_weak_ciphers(chains: dict[str, Chain], cipher: str) -> None:
    """Without forward secrecy, without authenticated encryption: refused."""
    with pytest.raises(ssl.SSLError, match="NO_SHARED_CIPHER"):
        shake(server_context([chains["rsa"]]), None, anybody(ssl.TLSVersion.TLSv1_2, cipher))


@pytest.mark.parametrize("cipher", CIPHERS.split(":"))
def test_good_ciphers(chains: dict[str, Chain], cipher: str) -> None:
    """Each is spoken with the key that it is for."""
    server = server_context([chains["rsa" if "RSA" in cipher else "first"]])
    assert shake(server, None, anybody(ssl.TLSVersion.TLSv1_2, cipher))[1] == cipher


@pytest.fixture(scope="module")
def port(chains: dict[str, Chain]) -> int:
    """Where a server with two certificates answers, as long as these tests run."""
    context = server_context([chains["first"], chains["wild"]])
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            plain, _ = listening.accept()
            with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
                client.sendall(b"you said " + client.recv(100))

    threading.Thread(target=serve, daemon=True).start()
    return int(listening.getsockname()[1])


def s_client(port: int, *options: str, say: str = "") -> str:
    """What OpenSSL's own client tells of a connection."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *options]
    done = subprocess.run(command, input=say, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssl_client(port: int, chains: dict[str, Chain], version: str) -> None:
    """No compression, no ticket, and the name is heard."""
    told = s_client(port, version, "-servername", "a.wild.example")
    assert ssl.PEM_cert_to_DER_cert(told[told.index("-----BEGIN") : told.index("-----END") + 26]) == der(chains["wild"])
    assert "Compression: NONE" in told
    assert "TLS session ticket:" not in told
    assert "New Session Ticket arrived" not in told
    assert "Secure Renegotiation IS supported" in told or version == "-tls1_3"
    assert "you said hello" in s_client(port, version, "-quiet", "-servername", "a.wild.example", say="hello\n")


def test_no_renegotiation(port: int) -> None:
    """A client that asks for it is told no."""
    assert "no renegotiation" in s_client(port, "-tls1_2", say="R\n")


# Names in certificates


NAMES = {
    "dns": ("DNS:B.example,DNS:a.example.", "/CN=c.example", ("b.example", "a.example")),
    "wildcard": ("DNS:*.a.example", "/", ("*.a.example",)),
    "common name": ("", "/O=here/CN=C.example", ("c.example",)),
    "address": ("IP:192.0.2.1", "/CN=Our server", ()),
    "nobody": ("", "/CN=localhost", ()),
    "doubled": ("DNS:a.example,DNS:A.example", "/", ("a.example",)),
}


@pytest.mark.parametrize(("alternatives", "subject", "names"), NAMES.values(), ids=NAMES)
def test_names(tmp_path: Path, alternatives: str, subject: str, names: tuple[str, ...]) -> None:
    """Those that are for TLS, each once, in lower case; the common name only where there are no others."""
    assert names_of(str(made(tmp_path, "x", alternatives, subject=subject))) == names


def test_names_of_one_that_has_expired(tmp_path: Path) -> None:
    """It still has them: an operator who is late still has several certificates."""
    fresh = made(tmp_path, "fresh", "DNS:a.example")
    key, old = tmp_path / "fresh.key", tmp_path / "old.crt"
    command = ["openssl", "x509", "-in", fresh, "-signkey", key, "-days", "-1", "-out", old]
    subprocess.run(command, check=True, capture_output=True)
    old.write_bytes(old.read_bytes() + key.read_bytes())
    assert names_of(str(old)) == ("a.example",)


def test_names_of_one_that_is_not_for_servers(tmp_path: Path) -> None:
    """None: nobody who asks for it would take it."""
    more = ("-addext", "extendedKeyUsage=clientAuth", "-addext", "basicConstraints=critical,CA:FALSE")
    assert names_of(str(made(tmp_path, "x", "DNS:a.example", *more))) == ()


def test_a_chain(tmp_path: Path) -> None:
    """Only the host's own certificate counts, not those that lead to the root."""
    root = made(tmp_path, "root", "DNS:root.example", "-addext", "basicConstraints=critical,CA:TRUE")
    key, request, host = tmp_path / "host.key", tmp_path / "host.csr", tmp_path / "host.crt"
    ask = ["openssl", "req", "-newkey", *EC, "-nodes", "-subj", "/", "-addext", "subjectAltName=DNS:host.example"]
    sign = ["openssl", "x509", "-req", "-in", request, "-CA", root, "-days", "9", "-copy_extensions", "copyall"]
    subprocess.run([*ask, "-keyout", key, "-out", request], check=True, capture_output=True)
    subprocess.run([*sign, "-out", host], check=True, capture_output=True)
    whole = tmp_path / "host.pem"
    whole.write_bytes(host.read_bytes() + (tmp_path / "root.crt").read_bytes() + key.read_bytes())
    assert names_of(str(whole)) == ("host.example",)
