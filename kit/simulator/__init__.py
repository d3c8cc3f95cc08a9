"""A Microsoft 365 tenant on loopback: its people, its attacks, its answers. Nothing else in `kit` imports it but the
command that starts it."""
