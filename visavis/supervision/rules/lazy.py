"""Values made when somebody asks for them."""

from collections.abc import Callable
from typing import Any


class Lazy:
    """A value made at its first use and kept; without the lock that `cached_property` takes."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make
        self._name = make.__name__

    def __get__(self, one: Any, owner: type) -> Any:
        value = one.__dict__[self._name] = self._make(one)
        return value
