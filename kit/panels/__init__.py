"""What people click and page through: the only place that knows widgets.

    ActionPanel(case, "disable_account", user="ana@contoso.com")     preview → type the name → apply → undo
    Table(case["sign_ins"], "Sign-ins")                              every row searchable, sortable, pageable

Making a panel does nothing, and neither does running all cells: only a click that comes from a browser acts. What is
shown also exists as plain HTML, so that an exported or untrusted notebook can be read without a kernel.
"""

from __future__ import annotations

from kit.panels.action_panel import ActionPanel
from kit.panels.table import Table

__all__ = ["ActionPanel", "Table"]
