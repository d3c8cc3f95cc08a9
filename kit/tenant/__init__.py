"""The only code that speaks HTTP: signing in, reading, and the one guarded way to write."""
