"""What a browser does to a widget: a real message, through ipywidgets' own handler for the front end."""

from __future__ import annotations

from typing import Any


def click(button: Any) -> None:
    """The message JupyterLab sends for a click, also for a button that Python thinks is disabled."""
    _message(button, {"method": "custom", "content": {"event": "click"}})


def type_in(field: Any, text: Any) -> None:
    """The message JupyterLab sends when a person has typed into a field, ticked a box or chosen from a list."""
    name = "index" if hasattr(field, "index") else "value"
    value = [option for option, _ in field._options_full].index(text) if name == "index" else text
    _message(field, {"method": "update", "state": {name: value}, "buffer_paths": []})


def _message(widget: Any, data: dict[str, Any]) -> None:
    widget._handle_msg({"content": {"data": data}, "buffers": []})
