"""Real servers for tests: Znuny on PostgreSQL behind Apache, Dovecot, an SMTP sink; all on loopback."""
