"""Who may log in (SMTP AUTH, RFC 4954): the exchange, passwords, a Dovecot auth socket, and how often one may try."""
