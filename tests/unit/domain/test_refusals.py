"""The tree that the module shows is the tree of its classes."""

import inspect
import re

from antrian.domain import refusals
from antrian.domain.refusals import Refusal


def shown() -> dict[str, str]:
    """Return the parent of each refusal below the first, as the module's docstring draws it."""
    above: list[str] = []
    parents: dict[str, str] = {}
    for branch, name in re.findall(r"^([│├└─ ]*)([A-Z]\w+)(?: {2,}.+)?$", refusals.__doc__ or "", re.MULTILINE):
        above[len(branch) // 4 :] = [name]
        if branch:
            parents[name] = above[-2]
    return parents


def test_every_refusal_is_drawn_below_the_one_that_it_is_a_kind_of() -> None:
    classes = [class_ for _, class_ in inspect.getmembers(refusals, inspect.isclass) if issubclass(class_, Exception)]
    parents = {class_.__name__: class_.mro()[1].__name__ for class_ in classes if class_ is not Refusal}
    assert parents["StaleRead"] == "WriteRefused"
    assert {name: shown().get(name) for name in parents} == parents
