"""The house rules of the design, as code. Each rule yields its complaints about the files it is given."""

import ast
import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter

from tests.house import STOREYS, File, is_in

LAB, LAB_USERS = "ivr/lab/", "ivr/cli/"

# What only some files (or folders, ending in /) may import.
ONLY_HERE = {
    "redis": (
        "config/connections.py",
        "routing/store/",
        "callbacks/ledger.py",
        "callbacks/rq_queues.py",
        "callbacks/worker.py",
    ),
    "rq": ("callbacks/rq_queues.py", "callbacks/worker.py"),
    "twilio": (
        "routing/twilio_rest.py",
        "ivr/voice/signature.py",
        "ivr/voice/twiml.py",
        "ivr/desk/access_tokens.py",
    ),
    "flask": ("ivr/",),
    "structlog": ("config/observe.py", "ivr/operations.py"),
    "prometheus_client": ("config/observe.py", "ivr/operations.py"),
}
PURE = ("routing/rules/", "callbacks/rules/")
PURE_MAY_IMPORT = (
    "phonenumbers",
    "opening_hours",
    "holidays",
    "config.schema",
    "config.kinds",
    "config.hours",
    "config.policy_numbers",
    "routing.rules",
    "callbacks.rules",
)
IMPURE_LIBRARIES = {"time", "random", "secrets", "uuid", "os", "socket", "subprocess", "threading", "logging"}
CLOCKS = {"now", "utcnow", "today"}
# Settings are read once (config/settings.py, through pydantic). These start processes of ours, tell them by
# the environment that they run under a demo or beside others (metrics), or are told so.
ENVIRONMENT = ("ivr/cli/processes.py", "ivr/demo.py", "ivr/serving.py", "ivr/operations.py")
NAMES_OF_NOTHING = {"util", "helper", "common", "manager", "service"}
EVERY_FUNCTION_IS_EXPLAINED_IN = ("config/",)


def imports_are_absolute(house: list[File]) -> Iterator[str]:
    for file in house:
        yield from (
            f"{file.path}:{line}: {name} is relative" for line, name in file.imports if name[0] == "."
        )


def storeys_call_down(house: list[File]) -> Iterator[str]:
    for file in house:
        above = STOREYS[STOREYS.index(file.path.split("/")[0]) + 1 :]
        for line, name in file.imports:
            if name.split(".")[0] in above:
                yield f"{file.path}:{line}: {name} is in a storey above"


def the_lab_stands_apart(house: list[File]) -> Iterator[str]:
    for file in house:
        for line, name in file.imports:
            is_lab = is_in(name, ["ivr.lab"], ".")
            if file.path.startswith(LAB) and name.split(".")[0] in STOREYS and not is_lab:
                yield f"{file.path}:{line}: the lab imports {name} of the product"
            if is_lab and not file.path.startswith((LAB, LAB_USERS)):
                yield f"{file.path}:{line}: only the command line imports the lab"


def libraries_have_their_place(house: list[File]) -> Iterator[str]:
    for file in house:
        for line, name in file.imports:
            library = name.split(".")[0]
            if library in ONLY_HERE and not is_in(file.path, ONLY_HERE[library], "/"):
                yield f"{file.path}:{line}: {library} is imported in {', '.join(ONLY_HERE[library])} only"


def rules_are_pure(house: list[File]) -> Iterator[str]:
    for file in house:
        if not is_in(file.path, PURE, "/"):
            continue
        for line, name in file.imports:
            library = name.split(".")[0]
            is_library = library in sys.stdlib_module_names - IMPURE_LIBRARIES
            if not is_library and not is_in(name, PURE_MAY_IMPORT, "."):
                yield f"{file.path}:{line}: a rule does not import {name}"
        for call in (node for node in ast.walk(file.tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS:
                yield f"{file.path}:{call.lineno}: a rule does not ask the time ({call.func.attr})"


def the_environment_is_read_once(house: list[File]) -> Iterator[str]:
    for file in house:
        if file.path not in ENVIRONMENT and reads_environment(file):
            yield f"{file.path}: reads the environment; that is config/settings.py's work"


def reads_environment(file: File) -> bool:
    """True for os.environ, os.getenv, and either imported by name."""
    named = {node.attr for node in ast.walk(file.tree) if isinstance(node, ast.Attribute)}
    return bool(
        ({"environ", "getenv"} & named) or {"os.environ", "os.getenv"} & {name for _, name in file.imports}
    )


def names_say_something(house: list[File]) -> Iterator[str]:
    for file in house:
        for part in file.path.removesuffix(".py").split("/"):
            if part.rstrip("s") in NAMES_OF_NOTHING:
                yield f"{file.path}: {part} says nothing about what is in it"


def files_and_classes_are_explained(house: list[File]) -> Iterator[str]:
    for file in house:
        if file.tree.body and not ast.get_docstring(file.tree):
            yield f"{file.path}: has no docstring"
        for node in _public(file.tree):
            is_wanted = isinstance(node, ast.ClassDef) or is_in(
                file.path, EVERY_FUNCTION_IS_EXPLAINED_IN, "/"
            )
            if is_wanted and not ast.get_docstring(node) and not _is_trivial(node):
                yield f"{file.path}:{node.lineno}: {node.name} has no docstring"


def _public(tree: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            yield node
            yield from _public(node) if isinstance(node, ast.ClassDef) else ()


def _is_trivial(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """A function of one statement says by its name what it does."""
    return isinstance(node, ast.FunctionDef) and len(node.body) == 1


def no_circles(house: list[File]) -> Iterator[str]:
    by_module = {file.module: file.path for file in house}
    uses: dict[str, set[str]] = {}
    for file in house:
        found = {by_module.get(name) or by_module.get(name.rpartition(".")[0]) for _, name in file.imports}
        uses[file.path] = {path for path in found if path}
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as circle:
        yield f"{' -> '.join(reversed(circle.args[1]))}: import each other"


RULES: tuple[Callable[[list[File]], Iterator[str]], ...] = (
    imports_are_absolute,
    storeys_call_down,
    the_lab_stands_apart,
    libraries_have_their_place,
    rules_are_pure,
    the_environment_is_read_once,
    names_say_something,
    files_and_classes_are_explained,
    no_circles,
)
