"""The commands, one file each: `python -m kit NAME` calls `run(arguments)` of `kit/commands/NAME.py`.

The first line of a command's docstring is its help. `NEEDS` says what must be installed before it is imported:
"run" (the default, requirements.lock), "test" (and requirements-test.lock) or "nothing" (the standard library).
"""
