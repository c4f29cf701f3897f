"""Leaves modules unloaded until someone really uses them.

JupyterHub and its servers import tens of megabytes that most runs never touch. Such a module is put into
sys.modules without being executed; the first use of an attribute that it lacks executes the real module, in the same
object. Nothing on disk changes and nothing is missing: a release that uses more while it is imported merely starts
more slowly. importlib.util.LazyLoader would not do: each `from x import y` sets it off.
"""

import os
import sys
import threading
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import PathFinder
from types import ModuleType

# What stands in for names that others take with `from module import name` while they are imported themselves:
CALL = "call"  # a function that loads the real one when it is called; otherwise a class that is only compared with

# jsonschema's format checks; rfc3987_syntax alone costs a second and 16 MB. isoduration is not here: its exception
# class is needed at import.
JSON_SCHEMA_FORMATS = {
    "rfc3987_syntax": {"is_valid_syntax": CALL},
    "fqdn": {"FQDN": CALL},
    "webcolors": {},
    "uri_template": {},
    "arrow": {},
}

HUB_MODULES = dict(JSON_SCHEMA_FORMATS)

# Asking a module for these must not execute it: the import system itself does.
IMPORT_SYSTEM_NAMES = ("__path__", "__file__", "__cached__", "__wrapped__", "__warningregistry__")


def leave_unloaded(modules):
    """From now on these modules (name -> stand-ins) are imported without being executed. Call before importing them."""
    sys.meta_path.insert(0, LazyFinder(modules))


def remove_stand_ins(modules):
    """Takes stand-ins away again: whoever asks from here on gets the real thing."""
    for name, stand_ins in modules.items():
        module = sys.modules.get(name)
        if isinstance(module, LazyModule):
            for attribute in stand_ins:
                vars(module).pop(attribute, None)


def unloaded_modules():
    """Names of the modules that are imported and not executed."""
    return sorted(name for name, module in list(sys.modules.items()) if isinstance(module, LazyModule))


class LazyModule(ModuleType):
    """A module that has not been executed; it turns into an ordinary one."""

    def __getattr__(self, name):  # only reached for names that it does not have
        if name in IMPORT_SYSTEM_NAMES:
            raise AttributeError(name)
        execute(self)
        return ModuleType.__getattribute__(self, name)


class Pending:
    """The loader still to run. One lock a module: other threads wait for the whole of it, its own imports pass."""

    def __init__(self, loader):
        self.loader = loader
        self.lock = threading.RLock()


def execute(module):
    pending = vars(module).get("_homeroom_pending")
    if pending is None:
        return
    with pending.lock:
        loader, pending.loader = pending.loader, None
        if loader is None:
            return
        if os.environ.get("HOMEROOM_LAZY_TRACE"):
            print("homeroom: loads", module.__name__, file=sys.stderr)
        module.__loader__ = module.__spec__.loader = loader
        loader.exec_module(module)
        module.__class__ = ModuleType
        del module._homeroom_pending


class LazyLoader(Loader):
    def __init__(self, real, stand_ins):
        self._real = real
        self._stand_ins = stand_ins

    def create_module(self, spec):
        return LazyModule(spec.name)

    def exec_module(self, module):
        for name, kind in self._stand_ins.items():
            setattr(module, name, stand_in(module, name, kind))
        module._homeroom_pending = Pending(self._real)


def stand_in(module, name, kind):
    if kind != CALL:
        return type(name, (kind,), {"__module__": module.__name__})

    def forward(*arguments, **options):
        execute(module)
        return getattr(module, name)(*arguments, **options)

    return forward


class LazyFinder(MetaPathFinder):
    def __init__(self, modules):
        self._modules = dict(modules)

    def find_spec(self, name, path=None, target=None):
        if name not in self._modules:
            return None
        stand_ins = self._modules.pop(name)  # once each: a later reload is an ordinary one
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader, stand_ins)
        return spec
