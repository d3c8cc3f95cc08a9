"""The parts panels are made of: buttons that only a browser can press, fields from parameters, the tenant's banner."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_type_hints

import ipywidgets as widgets
from markupsafe import Markup

from kit import render
from kit.action import Action
from kit.tenant.client import Tenant

WIDE = {"width": "max-content"}
NARROW = {"width": "220px"}
LABELLED = {"description_width": "initial"}
LIKE_OUTPUT = "jp-RenderedHTMLCommon"  # JupyterLab's class for tables in outputs: padding, stripes, both themes
_BANNER = "padding:4px 10px;border-radius:4px;font-weight:600;color:#ffffff;background:{}"
RED, GREEN = "#a40e26", "#0b6b50"  # white on either has a contrast above 6 to 1


def button(text: str, press: Callable[[], None], *, icon: str, style: str = "", tip: str = "") -> Any:
    """A button that calls `press` for a click made in a browser. `Button.click()` in code does nothing.

    ipywidgets runs the `on_click` handlers of code's clicks too, even of a disabled button; hence `on_msg`.
    """
    made = widgets.Button(description=text, icon=icon, button_style=style, tooltip=tip or text, layout=WIDE)

    def received(_: Any, content: Mapping[str, Any], __: Any) -> None:
        if content.get("event") == "click":
            press()

    made.on_msg(received)
    return made


def fields(action: type[Action], values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A widget for every parameter of the action, by name. A list of (label, value) pairs becomes a choice.

    What an empty field means, the action says in the field's metadata as "empty".
    """
    types = get_type_hints(action)
    for field in dataclasses.fields(action):
        default = "" if field.default is dataclasses.MISSING else field.default
        made = _field(types[field.name], values.get(field.name, default), field.name.replace("_", " ").capitalize())
        if field.metadata:
            made.placeholder = field.metadata["empty"]
        yield field.name, made


def _field(kind: Any, value: Any, label: str) -> Any:
    about = {"description": label, "style": LABELLED}
    if isinstance(value, list):
        return widgets.Dropdown(options=[(render.plain(name), item) for name, item in value], **about)
    if kind is bool:
        return widgets.Checkbox(value=bool(value), indent=False, **about)
    return widgets.Text(value=str(value), layout={"width": "360px"}, **about)


def banner(tenant: Tenant) -> Markup:
    """Which tenant a click would change: red for a real one, green for the simulated one, and in words."""
    simulated = tenant.cloud.simulated
    text = "Simulated tenant: nothing real is changed." if simulated else "REAL TENANT: applying changes it."
    return Markup('<div style="{}">{} {}</div>').format(
        _BANNER.format(GREEN if simulated else RED), text, render.html(f"{tenant.name} ({tenant.id})")
    )


def explained(action: type[Action]) -> Markup:
    """What an action does, costs and leaves, one click away."""
    told = Markup("").join(
        Markup("<dt><b>{}</b></dt><dd>{}</dd>").format(name, text) for name, text in action.prose.items()
    )
    return Markup("<details><summary>What this does</summary><dl>{}</dl></details>").format(told)


def ordered(actions: Sequence[Action]) -> Markup:
    """The steps of a plan, numbered; those of one kind on one line, since the preview tells them apart."""
    count = Counter(action.title for action in actions)
    steps = (f"{title} ({number} of them)" if number > 1 else title for title, number in count.items())
    listed = Markup("").join(Markup("<li>{}</li>").format(step) for step in steps)
    return Markup('<ol style="margin:0;line-height:1.5">{}</ol>').format(listed)


def alert(text: str) -> Markup:
    """A sentence that a screen reader says at once."""
    return Markup('<p role="alert"><b>{}</b></p>').format(render.html(text))


def bundle(view: Any, html: str, plain: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The widget for a live notebook, and the same as HTML and text for everything else.

    A widget's own text would be its repr, which holds what was typed.
    """
    live = view._repr_mimebundle_(**options) or {}
    return {**live, "text/html": html, "text/plain": plain}
