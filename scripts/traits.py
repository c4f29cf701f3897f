"""Prints, as JSON, the configurable traits of every authenticator, the spawner and the culler of this environment.

Run by scripts/generate.ts with the Python of the hub's locked environment.
"""

import importlib
import importlib.metadata
import json
import sys

import traitlets

sys.path.append("templates/hub")  # what stands in for packages that have no wheel

from jupyterhub.auth import Authenticator
from jupyterhub.spawner import Spawner
from jupyterhub.traitlets import ByteSpecification, Callable, Command, EntryPointType
from traitlets import (
    Any, Bool, Bytes, CaselessStrEnum, Container, Dict, Enum, Float, HasTraits, Instance, Integer, List, Set, Tuple,
    Type, Unicode, Union, UseEnum,
)


def main():
    short_names = {}
    classes = {}
    roots = [Spawner, *culler_classes()]
    for entry in importlib.metadata.entry_points(group="jupyterhub.authenticators"):
        try:
            roots.append(entry.load())
        except ImportError as error:
            print(f"{entry.name} is left out: {error}", file=sys.stderr)
            continue
        short_names[entry.name] = entry.value.replace(":", ".")
    for root in roots:
        for cls in root.__mro__:
            if issubclass(cls, HasTraits) and cls.__module__.split(".")[0] != "traitlets":
                classes.setdefault(cls.__name__, describe_class(cls))
    json.dump({"shortNames": short_names, "classes": classes}, sys.stdout, indent=1, sort_keys=True)
    print()


def culler_classes():
    module = importlib.import_module("jupyterhub_idle_culler")
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, HasTraits) and value.__module__.startswith(module.__name__)
    ]


def describe_class(cls):
    """A class's own traits; those of its bases are under the bases' names (`mro`, nearest first)."""
    inherited = {}
    for base in reversed(cls.__mro__[1:]):
        if issubclass(base, HasTraits):
            inherited.update(base.class_own_traits(config=True))
    own = {
        name: describe_trait(trait)
        for name, trait in sorted(cls.class_own_traits(config=True).items())
        if name not in inherited or describe_trait(inherited[name]) != describe_trait(trait)
    }
    mro = [
        base.__name__
        for base in cls.__mro__
        if issubclass(base, HasTraits) and base.__module__.split(".")[0] != "traitlets"
    ]
    return {
        "authenticator": issubclass(cls, Authenticator),
        "names": importable_names(cls),
        "mro": mro,
        "traits": own,
    }


def importable_names(cls):
    """The dotted names that `auth.type` may have for a class: in its module, and in the packages that hand it on."""
    parts = cls.__module__.split(".")
    modules = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return [
        f"{module}.{cls.__name__}"
        for module in modules
        if getattr(importlib.import_module(module), cls.__name__, None) is cls
    ]


def describe_trait(trait):
    described = {"type": type_of(trait), "help": first_paragraph(trait.help)}
    if isinstance(trait, Enum):
        described["choices"] = [value for value in trait.values if isinstance(value, (str, int, float, bool))]
    if isinstance(trait, UseEnum):
        described["choices"] = [choice for member in trait.enum_class for choice in (member.name, member.value)]
    if isinstance(trait, Container) and trait._trait is not None:
        described["items"] = type_of(trait._trait)
    if isinstance(trait, Tuple) and trait._traits:
        described["length"] = len(trait._traits)
    if isinstance(trait, Dict) and trait._value_trait is not None:
        value = describe_trait(trait._value_trait)
        described["values"] = {key: value[key] for key in ("type", "items") if key in value}
    if trait.allow_none:
        described["nullable"] = True
    try:
        default = trait.default()
        default = sorted(default) if isinstance(default, (set, frozenset)) else default
        json.dumps(default)
        if isinstance(default, (str, int, float, bool, list, dict)) and default not in ("", [], {}):
            described["default"] = default
    except Exception:
        pass  # defaults that are computed in an instance
    return described


def type_of(trait):
    """One word, or several where the trait takes any of several types."""
    if isinstance(trait, Union):
        words = []
        for inner in trait.trait_types:
            word = type_of(inner)
            words.extend(word if isinstance(word, list) else [word])
        return sorted(set(words))
    for kind, word in KINDS:
        if isinstance(trait, kind):
            return word
    return "any"


# ByteSpecification is an Integer and Command a List, so they come before those.
KINDS = [
    (ByteSpecification, "size"),
    (Command, ["list", "text"]),
    ((EntryPointType, Type), "class"),
    ((Callable, traitlets.Callable), "code"),
    (Bool, "boolean"),
    (Integer, "integer"),
    (Float, "number"),
    ((Enum, CaselessStrEnum, UseEnum), "choice"),
    ((Unicode, Bytes), "text"),
    (Set, "set"),
    ((List, Tuple), "list"),
    (Dict, "map"),
    ((Instance, Any), "any"),
]


def first_paragraph(text):
    paragraph = (text or "").strip().split("\n\n")[0]
    return " ".join(paragraph.split())


main()
