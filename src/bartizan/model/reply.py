"""Replies to an SMTP client: one closed table, and text that an operator wrote, cleaned.

A reply never carries exception or configuration detail. RFC 5321 section 4.2, RFC 3463 (enhanced codes), RFC 2034.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply: `code` 200-599, `enhanced` as "5.7.1" or "" (greeting, HELO, EHLO have none), a line of text."""

    code: int
    enhanced: str
    text: str

    @property
    def positive(self) -> bool:
        """2yz or 3yz."""
        return self.code < 400

    @property
    def temporary(self) -> bool:
        """4yz: the client keeps the message and tries again."""
        return 400 <= self.code < 500

    def encode(self) -> bytes:
        """The reply as one line for the wire, CRLF included."""
        middle = f" {self.enhanced} " if self.enhanced else " "
        return f"{self.code}{middle}{self.text}\r\n".encode("ascii", "replace")


def printable(text: str, limit: int = 200) -> str:
    """`text` with all but printable ASCII replaced by "?", at most `limit` characters: safe in replies and logs."""
    return "".join(c if " " <= c <= "~" else "?" for c in text[:limit])


ACCEPTED = Reply(250, "2.0.0", "Ok")
DONE = Reply(250, "2.0.0", "Done")
SENDER_OK = Reply(250, "2.1.0", "Ok")
RECIPIENT_OK = Reply(250, "2.1.5", "Ok")
START_DATA = Reply(354, "", "End data with <CR><LF>.<CR><LF>")
CHUNK_OK = Reply(250, "2.0.0", "Chunk received, go on")
BYE = Reply(221, "2.0.0", "Bye")
HELP = Reply(214, "2.0.0", "See RFC 5321")
TLS_READY = Reply(220, "2.0.0", "Ready to start TLS")
CANNOT_VERIFY = Reply(252, "2.0.0", "Send some mail, delivery will be tried")
ETRN_STARTED = Reply(250, "2.0.0", "Queuing for the node started")
ETRN_NOTHING = Reply(251, "2.0.0", "No messages waiting for the node")
ETRN_PENDING = Reply(252, "2.0.0", "Pending messages for the node started")
ETRN_COUNTED = Reply(253, "2.0.0", "Pending messages for the node started")

CLOSING = Reply(421, "4.3.2", "Service closing transmission channel, try again later")
TIMEOUT = Reply(421, "4.4.2", "Timeout, closing channel")
TOO_SLOW = Reply(421, "4.4.2", "Data arrives too slowly, closing channel")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors, closing channel")
TOO_MANY_SESSIONS = Reply(421, "4.7.0", "Too many connections, try again later")
INTERNAL = Reply(451, "4.3.0", "Temporary failure, try again later")
NEXT_HOP_DOWN = Reply(451, "4.4.1", "Destination not reachable now, try again later")
NEXT_HOP_REFUSES_US = Reply(451, "4.3.5", "Destination not available now, try again later")
OUTCOME_UNKNOWN = Reply(451, "4.4.2", "Delivery not confirmed, try again later")
RECIPIENT_RETRY = Reply(451, "4.5.1", "Some recipients were refused, try again to learn which")
DEFERRED = Reply(451, "4.7.1", "Message deferred by policy, try again later")
PEER_STOPPED = Reply(451, "4.7.1", "Messages from your host cost too much now, try again later")
SCANNERS_SPARED = Reply(451, "4.3.2", "Messages cannot be examined now, try again later")
ETRN_UNABLE = Reply(458, "4.3.0", "Unable to queue messages for the node, try again later")
ETRN_NOT_ALLOWED = Reply(459, "4.7.1", "Node not allowed")
NO_SPACE = Reply(452, "4.3.1", "Insufficient storage, try again later")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients")

BAD_LINE = Reply(500, "5.5.2", "Only CRLF ends a command, which holds no control characters")
LINE_TOO_LONG = Reply(500, "5.5.2", "Line too long")
SYNTAX = Reply(501, "5.5.4", "Syntax error in parameters or arguments")
UNKNOWN_COMMAND = Reply(500, "5.5.1", "Command unrecognized")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Command not implemented")
BAD_SEQUENCE = Reply(503, "5.5.1", "Bad sequence of commands")
BAD_PARAMETER = Reply(555, "5.5.4", "Parameter not recognized")
NON_ASCII_ADDRESS = Reply(553, "5.6.7", "Address needs SMTPUTF8")
BAD_ADDRESS = Reply(553, "5.1.3", "Address syntax not acceptable")
TOO_BIG = Reply(552, "5.3.4", "Message exceeds the size limit")
TOO_MANY_CHUNKS = Reply(552, "5.3.4", "Message comes in too many chunks")
RELAY_DENIED = Reply(550, "5.7.1", "Relaying denied")
SOURCE_ROUTE = Reply(550, "5.1.7", "Source routes are not accepted")
NOT_WELCOME = Reply(554, "5.7.1", "Mail from your host is not accepted")
NO_REVERSE_NAME = Reply(550, "5.7.25", "Your address has no valid reverse name")
HELO_REFUSED = Reply(550, "5.7.1", "The name you gave in HELO is not accepted")
SENDER_REFUSED = Reply(550, "5.7.1", "Mail from this sender is not accepted")
SENDER_UNKNOWN = Reply(550, "5.1.8", "The sender's domain does not exist")
SENDER_NULL_MX = Reply(550, "5.7.27", "The sender's domain accepts no mail")
SENDER_NOT_YOURS = Reply(553, "5.7.1", "This sender is not yours to use")
RECIPIENT_REFUSED = Reply(550, "5.7.1", "Mail for this recipient is not accepted")
TLS_NEEDED = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
FORM_REFUSED = Reply(550, "5.6.0", "The form of the message is not acceptable")
TOO_MANY_FOR_ONE = Reply(550, "5.5.3", "Too many recipients for one message")
LOOKED_UP_LATER = Reply(451, "4.4.3", "The DNS cannot be asked now, try again later")
NOT_NOW = Reply(421, "4.7.1", "Mail from your host is not accepted now, try again later")
TOO_FAST = Reply(450, "4.7.1", "Too much at a time, try again later")
TOO_FAST_CLOSING = Reply(421, "4.7.0", "Too much at a time, closing channel")
LOGGED_IN = Reply(235, "2.7.0", "Authentication successful")
LOGIN_FAILED = Reply(535, "5.7.8", "Authentication credentials invalid")
LOGIN_LATER = Reply(454, "4.7.0", "Temporary authentication failure")
LOGIN_CANCELLED = Reply(501, "5.7.0", "Authentication cancelled")
LOGIN_MALFORMED = Reply(501, "5.5.2", "Cannot decode the response")
NO_MECHANISM = Reply(504, "5.5.4", "Authentication mechanism not supported")
LOGIN_NEEDS_TLS = Reply(538, "5.7.11", "Encryption required for authentication")
BARE_LINE_END = Reply(550, "5.6.0", "Bare carriage return or line feed in message")
DATA_LINE_TOO_LONG = Reply(500, "5.6.0", "Message line too long")
LOOP = Reply(554, "5.4.6", "Too many Received lines, mail loop")
REJECTED = Reply(550, "5.7.1", "Message rejected by policy")
NO_VALID_RECIPIENTS = Reply(554, "5.5.1", "No valid recipients")
OUT_OF_SYNC = Reply(554, "5.5.0", "Commands sent out of turn, closing channel")
