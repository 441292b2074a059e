"""Loading: defaults, all problems at once, flags, paths, rules."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bartizan.config.load import load, read_rules, serve_problems
from bartizan.config.resolve import Flags
from bartizan.config.schema import Settings
from bartizan.model.errors import ConfigError
from bartizan.model.finding import Kind
from bartizan.model.verdict import Action
from bartizan.observe.codec import pack, unpack

OUTWARD = """[server]
hostname = 'mx.example'
[[listener]]
address = '192.0.2.1:25'
recipient_domains = ['a.org']"""
LOCAL = "[[listener]]\naddress = '127.0.0.1:25'\nrecipient_domains = ['a.org']"
DOMAINS = 'recipient_domains = ["Example.org"]'


def written(folder: Path, text: str) -> Path:
    """A configuration file with this text."""
    path = folder / "bartizan.toml"
    path.write_text(text, "utf-8")
    return path


def complaints(path: Path | None, flags: Flags | None = None) -> list[str]:
    """The problems that loading gives, without the file."""
    with pytest.raises(ConfigError) as caught:
        load(path, flags)
    return [f"{problem.key}: {problem.expected}" for problem in caught.value.problems]


def test_defaults_without_a_file() -> None:
    """Loopback only, any domain, shipped rules, accept where none matches."""
    settings = load()
    assert [(item.address, item.recipient_domains) for item in settings.listeners] == [("127.0.0.1:2525", ("*",))]
    assert settings.policy.default is Action.ACCEPT
    assert [rule.name for rule in settings.rules] == [
        "not examined",
        "signature",
        "blocked attachment",
        "content score",
    ]
    assert settings.server.workers == settings.server.scanners == len(os.sched_getaffinity(0))


def test_settings_travel() -> None:
    """Packed for a worker process and unpacked there they are the same."""
    settings = load(None, Flags(relay="[::1]:25", listen=("127.0.0.2:0",)))
    assert unpack(pack(settings), Settings) == settings


def test_every_problem_at_once(tmp_path: Path) -> None:
    """Wrong values, unknown keys, missing keys and contradictions come in one list, each with its key and line."""
    path = written(
        tmp_path,
        """\
colour = 1
[server]
workers = "4"
hostnme = "x"
[[listener]]
address = "0.0.0.0:25"
recipient_domains = ["*"]
tls = { certificate = "no.pem" }
[[listener]]
address = "192.0.2.1:25"
recipient_domains = ["*"]
[limits]
ratio = -1
members = true
[[rule]]
name = "a"
action = "rejct"
[[rule]]
name = "b"
action = "tag"
who = { peer = "300.0.0.1" }
place = "x:1"
[[rule]]
name = "c"
action = "tag"
who = { peer = "300.0.0.1" }
""",
    )
    assert complaints(path, Flags(relay="nowhere", workers=-1)) == [
        "policy.default: required: the action where no rule matches",
        "colour (line 1): unknown key",
        'server.workers (line 3): expected a valid integer, found "4"',
        "server.hostnme (line 4): unknown key; did you mean hostname?",
        "listener[1].tls.key (line 8): required",
        "limits.ratio (line 13): expected a number above 0",
        "limits.members (line 14): expected a valid integer, found true",
        "rule[1].action (line 17): expected 'accept', 'tag', 'quarantine', 'reject' or 'defer', found \"rejct\"",
        "rule[2].place (line 22): unknown key",
        "--workers: expected 0 or more",
        '--relay: expected "host:port" or "[IPv6 address]:port", port 0-65535, found \'nowhere\'',
        "listener[2].recipient_domains (line 11): an address that is not on loopback needs its domains by name"
        ' ("*" would be an open relay)',
        "rule[3].who.peer[1] (line 26): expected an IP address or network such as 192.0.2.0/24, found '300.0.0.1'",
        "rule[3].tag (line 23): required by action tag: { name, value }",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = = 1", "expected TOML"),
        ("[[listeners]]\naddress = 'x'", "unknown key; did you mean [[listener]]?"),
        ("[limits]\nsoft_seconds = 60", "expected more than soft_seconds"),
        ("[limits]\nratio = inf", "expected a valid integer"),
        ("[timeouts]\ncommand = nan", "expected a finite number"),
        ("[server]\nhostname = 2020-01-01", "expected a valid string"),
        ("[policy]\nthreshold = 3", "required"),
        ("[policy]\ndefault = 'tag'", "expected 'accept', 'quarantine', 'reject' or 'defer'"),
        ("[server]\nhostname = 'bücher'", "expected a host name in ASCII"),
        ("[caps]\nbytes_in_flight_per_peer = 2000000", "expected at least limits.message_bytes"),
        ("[[listener]]\naddress = '[::1]:25'\nrecipient_domains = ['b.org']\ntrusted = ['x']", "an IP address or"),
        ("policy = 3", "expected a table, found 3"),
        ("[signatures]\npaths = ['nowhere']", "expected a readable file or folder"),
        ("[phrases]\nfiles = ['.']", "expected a readable file"),
        ("[attachments]\nblock_add = ['.exe']", "expected an extension in lower case"),
        ("[next_hop]\nhost = 'a'\nport = 70000", "expected less than or equal to 65535"),
        ("[[listener]]\naddress = 'example.org:25'\nrecipient_domains = ['a.org']", "required with a listener"),
        ("[[listener]]\naddress = '127.0.0.1:25'\nrecipient_domains = []", "at least 1 item"),
        ("[[listener]]\naddress = '127.0.0.1:25'\nrecipient_domains = ['a b']", "expected a domain name"),
        ("[[listener]]\naddress = '127.0.0.1:25'\nrecipient_domains = ['*', 'b']", 'either "*" alone'),
        ("[[listener]]\naddress = '127.0.0.1:25'\nrecipient_domains = ['b.org.']", "expected a domain name"),
        ("[[listener]]\naddress = '127.0.0.1:25'\nrecipient_domains = ['bücher..org']", "expected a domain name"),
        (f"{OUTWARD}\ntrusted = ['0.0.0.0/0']", "cannot trust everybody"),
        (f"{OUTWARD}\ntrusted = ['::/0']", "cannot trust everybody"),
        (f"{OUTWARD}\n{LOCAL.replace('127.0.0.1', '192.0.2.1')}", "another address than that of listener 1"),
        (f"{LOCAL}\n{LOCAL.replace('127.0.0.1', 'LocalHost')}", "another address than that of listener 1"),
        (
            f"{LOCAL}\ntls = {{ certificate = '/etc/hosts', key = '/etc/hosts' }}",
            "that fits the key in",
        ),
        ("[timeouts]\ncommit = 60", "expected more than limits.hard_seconds (60)"),
        ("[next_hop]\nhost = 'a'\ndata_timeout = 600", "expected less than timeouts.commit (570)"),
        ("[next_hop]\nhost = 'a b'", "expected a host name in ASCII"),
        ("[next_hop]\nhost = '[::1]'", "an address without brackets"),
        ('[server]\nstate = "a\\u0000b"', "expected text without NUL"),
        ("[signatures]\npaths = ['.', \"a\\u0000b\"]", "expected text without NUL"),
        ("[limits]\nratio = 0xffffffffffffffff", "expected a number of at most 64 bits"),
        (f"[limits]\nratio = {'9' * 5000}", "expected TOML"),
        (f"a = {'[' * 3000}", "expected TOML"),
        ("[admin]\naddress = '9125'", 'expected "host:port"'),
        ("[admin]\naddress = '127.0.0.1:2525'", "expected another address than that of a listener"),
    ],
)
def test_one_problem(tmp_path: Path, text: str, expected: str) -> None:
    """Each of these is refused with the words that help."""
    found = complaints(written(tmp_path, text))
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("action = 'accept'\ntag = { name = 'X-A', value = 'b' }", "only action tag has one"),
        ("action = 'accept'\ntext = 'no'", "only actions reject and defer"),
        ("action = 'reject'\ntext = \"a\\nb\"", "one line of printable ASCII"),
        ("action = 'tag'\ntag = { name = 'Content-Type', value = 'b' }", "means nothing to mail readers"),
        ("action = 'tag'\ntag = { name = 'X-A', value = \"b\\r\\nc\" }", "one line of printable ASCII"),
        ("action = 'accept'\nwho = { sender = '' }", "the null sender is"),
        ("action = 'accept'\nwhat = { kind = 'gapp' }", "expected 'signature', 'phrase'"),
        ("action = 'accept'\nwhat = { min_total = 'high' }", "expected a valid number"),
    ],
)
def test_wrong_rule(tmp_path: Path, rule: str, expected: str) -> None:
    """Each rule is refused with the words that help."""
    found = complaints(written(tmp_path, f"[policy]\ndefault = 'accept'\n[[rule]]\nname = 'a'\n{rule}\n"))
    assert len(found) == 1
    assert expected in found[0]


def test_unreadable_files(tmp_path: Path) -> None:
    """An absent file, a folder, bytes that are not UTF-8."""
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"a = '\xff'")
    assert "expected a readable file" in complaints(tmp_path / "absent.toml")[0]
    assert "expected a readable file" in complaints(tmp_path)[0]
    assert "expected UTF-8 text" in complaints(binary)[0]


def test_rules_know_their_place(tmp_path: Path) -> None:
    """Own rules come first, named by file and line, even after a header inside a string."""
    text = """\
[policy]
default = "quarantine"
threshold = 7

[[rule]]
name = '''
[[rule]]'''
action = "reject"

# [[rule]]
[[rule]]
name = "b"
action = "accept"
what = { kind = ["phrase", "data"], min_total = "threshold" }
who.sender = "<>"
"""
    settings = load(written(tmp_path, text))
    own = settings.rules[1]
    assert [rule.identity for rule in settings.rules[:3]] == [
        "bartizan.toml:5 [[rule]]",
        "bartizan.toml:11 b",
        "policy/default.toml:4 not examined",
    ]
    assert (own.what.kind, own.what.min_total, own.who.sender) == ((Kind.PHRASE, Kind.DATA), 7.0, ("<>",))
    assert settings.rules[-1].what.min_total == 7.0


def test_shipped_rules_can_be_left_out(tmp_path: Path) -> None:
    """use_default_rules = false leaves the own rules and the default."""
    path = written(tmp_path, "[policy]\ndefault = 'defer'\nuse_default_rules = false\n")
    assert load(path).rules == ()


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    """Named paths count from the configuration's folder, in flags from the working directory."""
    (tmp_path / "list.txt").write_text("buy now\n")
    path = written(tmp_path, "[phrases]\nfiles = ['list.txt']\n[server]\nstate = 'q'\n[log]\nevents = 'e.jsonl'\n")
    settings = load(path)
    assert settings.phrases.files == (str(tmp_path / "list.txt"),)
    assert (settings.server.state, settings.log.events) == (str(tmp_path / "q"), str(tmp_path / "e.jsonl"))
    assert load(path, Flags(phrases=("README.md",))).phrases.files == (os.path.abspath("README.md"),)


def test_flags_replace(tmp_path: Path) -> None:
    """A listener of the command line takes the domains of the first configured one."""
    path = written(
        tmp_path,
        f"[server]\nhostname='mx.example.org'\n[[listener]]\naddress='127.0.0.1:25'\n{DOMAINS}\n"
        "[next_hop]\nhost='in.example.org'\ntls='require'\n",
    )
    settings = load(path, Flags(listen=("0.0.0.0:2526", "[::]:2526"), relay="10.0.0.1:26", workers=3, skip_broken=True))
    assert [(item.address, item.recipient_domains) for item in settings.listeners] == [
        ("0.0.0.0:2526", ("example.org",)),
        ("[::]:2526", ("example.org",)),
    ]
    assert settings.next_hop is not None
    assert (settings.next_hop.host, settings.next_hop.port, settings.next_hop.tls) == ("10.0.0.1", 26, "require")
    assert (settings.server.workers, settings.signatures.skip_broken) == (3, True)


@pytest.mark.parametrize("address", ["0.0.0.0:25", "[::]:25", "192.0.2.1:25", "mx.example.org:25"])
def test_outward_listener_needs_a_configuration(address: str) -> None:
    """Without a configuration that names domains only loopback is listened on."""
    found = complaints(None, Flags(listen=(address,)))
    assert any("needs its domains by name" in text for text in found)


@pytest.mark.parametrize("address", ["localhost:0", "127.8.8.8:25", "[::1]:2525"])
def test_loopback_listener(address: str) -> None:
    """These are loopback."""
    assert load(None, Flags(listen=(address,))).listeners[0].address == address


def test_serve_needs_a_next_hop() -> None:
    """There is no default for where mail goes."""
    assert [problem.key for problem in serve_problems(load())] == ["--relay"]
    assert serve_problems(load(None, Flags(relay="127.0.0.1:25"))) == ()


def test_rules_file_alone() -> None:
    """A file of rules is read with the threshold it is given."""
    rules = read_rules("[[rule]]\nname='a'\naction='defer'\nwhat.min_total='threshold'\n", "r.toml", 2.5)
    assert [(rule.identity, rule.what.min_total) for rule in rules] == [("r.toml:1 a", 2.5)]


@pytest.mark.parametrize("address", ["127.0.0.1:9125", "[::1]:9125", "192.0.2.1:9125", "127.0.0.1:0"])
def test_admin_address(tmp_path: Path, address: str) -> None:
    """Health and metrics are served where the operator says; without a word, nowhere."""
    assert load(written(tmp_path, f"[admin]\naddress = '{address}'")).admin.address == address
    assert load().admin.address == ""


def test_next_hop_is_a_listener(tmp_path: Path) -> None:
    """Mail would go round for ever."""
    (tmp_path / "b.toml").write_text('[next_hop]\nhost = "127.0.0.1"\nport = 2525\n')
    with pytest.raises(ConfigError) as found:
        load(tmp_path / "b.toml")
    assert "next_hop.host" in str(found.value)
