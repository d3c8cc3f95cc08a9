"""A folder that lists itself: one item a file, the file's name is the item's name.

    DETECTIONS = Shelf("kit.detections", Detection)
    DETECTIONS["password_spray"]        # imports kit/detections/password_spray.py and returns its one Detection
    list(DETECTIONS)                    # the names, sorted, without importing anything

Adding an item is adding a file. Nothing is registered, so nothing can be forgotten.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from kit.errors import InputError, SchemaError

Item = TypeVar("Item")


class Shelf(Mapping[str, Item], Generic[Item]):
    """The items of one package, by name. `kind` is the class every item is an instance of."""

    def __init__(self, package: str, kind: type[Item]) -> None:
        self.package = package
        self.kind = kind

    def __iter__(self) -> Iterator[str]:
        folder = importlib.import_module(self.package).__path__
        return iter(sorted(m.name for m in pkgutil.iter_modules(folder) if not m.name.startswith("_")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in set(self)

    def __getitem__(self, name: str) -> Item:
        """The item called `name`; InputError names the nearest ones when there is none."""
        if name not in self:
            raise InputError(f"{self._noun()} {name!r} does not exist.", f"There are: {', '.join(self)}.")
        module = importlib.import_module(f"{self.package}.{name}")
        found: list[Item] = [value for value in vars(module).values() if self.holds(value)]
        if len(found) != 1:
            raise SchemaError(f"{module.__name__} holds {len(found)} items; a file on a shelf holds exactly one.")
        return found[0]

    def holds(self, value: object) -> bool:
        """Whether a value found in a module is an item of this shelf."""
        return isinstance(value, self.kind)

    def _noun(self) -> str:
        return self.package.rpartition(".")[2].removesuffix("s").replace("_", " ")
