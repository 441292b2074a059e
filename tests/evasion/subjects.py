"""Row O13: a listed phrase in header fields, in words that are encoded, or at a place that not everybody reads."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from evasion.mails import around
from evasion.sample import Load, Sample, phrase


def cases(load: Load) -> Iterator[Sample]:
    """All of the row."""
    words = load.phrase.encode()
    word = base64.b64encode(words)
    wide = base64.b64encode(load.phrase.encode("utf-16-le"))
    fields: dict[str, bytes] = {
        "plain": b"Subject: " + words,
        "accents": load.say("Subject: cláim yöur prïze before mídnìght".encode()),
        "accents-word": load.say(b"Subject: =?utf-8?Q?cl=C3=A1im_y=C3=B6ur_pr=C3=AFze_before_m=C3=ACdnight?="),
        "base64": b"Subject: =?utf-8?B?" + word + b"?=",
        "split": load.say(b"Subject: =?utf-8?Q?claim_yo?=\r\n =?utf-8?Q?ur_prize_before_midnight?="),
        "two-charsets": load.say(b"Subject: =?utf-8?Q?claim_yo?= =?iso-8859-1?Q?ur_prize_before_midnight?="),
        "cut-base64": b"Subject: =?utf-8?B?" + word[:10] + b"?= =?utf-8?B?" + word[10:] + b"?=",
        "every-letter": b"Subject: " + b" ".join(b"=?utf-8?Q?%b?=" % (b"_" if c == 32 else b"%c" % c) for c in words),
        "cut-character": b"Subject: =?utf-8?B?" + base64.b64encode(words + b" \xe2\x82")
        + b"?= =?utf-8?B?" + base64.b64encode(b"\xac") + b"?=",
        "cut-character-first": b"Subject: =?utf-8?Q?=D0?= =?utf-8?Q?=B0_?= =?utf-8?B?" + word + b"?=",
        "not-separated": load.say(b"Subject: =?utf-8?Q?claim_your?==?utf-8?Q?_prize_before_midnight?="),
        "inside-a-word": load.say(b"Subject: cl=?utf-8?Q?aim?= your prize before midnight"),
        "quoted": load.say(b'Subject: "=?utf-8?Q?claim_your_prize_before_midnight?="'),
        "language": load.say(b"Subject: =?utf-8*en?Q?claim_your_prize_before_midnight?="),
        "unknown-charset": load.say(b"Subject: =?x-none?Q?claim_your_prize_before_midnight?="),
        "blank-inside": load.say(b"Subject: =?utf-8?Q?claim your prize before midnight?="),
        "lower-q": load.say(b"Subject: =?UTF-8?q?claim=20your=20prize_before_midnight?="),
        "not-padded": b"Subject: =?utf-8?B?" + word.rstrip(b"=") + b"?=",
        "folded": load.say(b"Subject: claim your\r\n prize before\r\n midnight"),
        "from": load.say(b"From: =?utf-8?Q?claim_your_prize_before_midnight?= <x@example.com>"),
        "utf-16": b"Subject: =?utf-16le?B?" + wide + b"?=",
        "utf-7": load.say(b"Subject: =?utf-7?Q?cla+AGk-m_your_pr+AGk-ze_before_midn+AGk-ght?="),
        "lower-case-field": load.say(b"SUBJECT : claim your prize before midnight"),
        "second": load.say(b"Subject: hello\r\nSubject: claim your prize before midnight"),
        "behind-20-kb": b"Subject: " + b"Hello. " * 2_900 + words,
        "behind-20-kb-of-folds": b"Subject: Hello" + b"\r\n " * 7_000 + words,
        "behind-1000-recipients": b"To: " + b"Some Body <b@example.com>,\r\n " * 1_000 + words + b" <a@b>",
        "2000-words": b"Subject: " + b"=?utf-8?Q?a_?=\r\n " * 2000 + b"=?utf-8?B?" + word + b"?=",
    }  # fmt: skip
    for how, line in fields.items():
        yield phrase(f"O13-{how}", line + b"\r\nTo: a@example.com\r\nMIME-Version: 1.0\r\n\r\nHello.\r\n")
    inner = b"Content-Type: message/rfc822\r\n\r\n" + fields["base64"] + b"\r\nFrom: a@b\r\n\r\nHello.\r\n"
    yield phrase("O13-of-inner-mail", around(inner))
    for how, lines in {
        "in-fold": b"X-Note: yes\r\n Subject: " + words,
        "in-fold-word": b"X-Note: yes\r\n\tSUBJECT : =?utf-8?B?" + word + b"?=",
        "in-fold-from": load.say(b"X-Note: yes\r\n From: =?utf-8?Q?claim_your_prize_before_midnight?= <x@example.com>"),
        "in-fold-of-fold": load.say(b"X-Note: yes\r\n Subject: claim your\r\n prize before\r\n\tmidnight"),
        "in-fold-behind-others": b"X-Note: yes\r\n no\r\n  Subject: =?utf-8?B?" + word + b"?=",
    }.items():
        yield phrase(f"O13-{how}", b"To: a@example.com\r\nMIME-Version: 1.0\r\n" + lines + b"\r\n\r\nHello.\r\n")
    for how, front in {"": b"", "-and-field": b"X-Note: yes\r\n", "-and-blank-line": b" \r\n"}.items():
        mail = b"To: a@example.com\r\nMIME-Version: 1.0\r\n\r\n" + front + fields["base64"] + b"\r\n\r\nHello.\r\n"
        yield phrase(f"O13-behind-empty-line{how}", mail)
