"""The sandboxed scanner processes: pool (smtpd side), worker (inside), sandbox, protocol."""
