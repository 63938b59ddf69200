"""The loading order against what the modules really import, read from their sources."""

import ast
from pathlib import Path

import pytest

from sign import loading

FIRMWARE = Path(__file__).resolve().parents[2]
WARNING = loading.names(loading.WARNING)
ORDER = WARNING + loading.names(loading.SERVICES) + loading.names(loading.ONLINE)


def source(name):
    path = FIRMWARE / name.replace(".", "/")
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"


def imports(name, everywhere=False):
    """Modules of ours that a module imports when it is loaded, or anywhere in it."""
    tree = ast.parse(source(name).read_text())
    nodes = ast.walk(tree) if everywhere else tree.body
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sign":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if source(whole).exists() else node.module


@pytest.mark.parametrize("name", ORDER)
def test_a_module_is_loaded_after_all_it_imports(name):
    before = ORDER[: ORDER.index(name)]
    assert set(imports(name)) <= {*before, "sign", "sign.loading"}


@pytest.mark.parametrize(("name", "loaded"), [("sign.app", WARNING), ("sign.services.online", ORDER)])
def test_what_composes_finds_all_it_imports_loaded(name, loaded):
    assert set(imports(name)) <= {*loaded, "sign.loading"}


@pytest.mark.parametrize("kind", loading.RADARS)
def test_a_radar_s_modules_are_loaded_after_all_they_import(kind):
    loaded = {*WARNING, "sign"}
    for name in loading.names(loading.RADARS[kind]):
        assert set(imports(name)) <= loaded
        loaded.add(name)


def test_the_radars_find_their_modules_loaded():
    listed = {name for kind in loading.RADARS for name in loading.names(loading.RADARS[kind])}
    assert set(imports("sign.core.radars", everywhere=True)) <= {*WARNING, *listed, "sign", "sign.loading"}
