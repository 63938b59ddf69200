"""A crash is told in the names that stand in the sources, whatever the functions are called on the sign."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gangvakt.provision.compiling import names_on_sign
from gangvakt.provision.tracing import PlainWords, in_plain_words

from .support import WAIT_S


@pytest.fixture
def firmware(tmp_path: Path) -> Path:
    (tmp_path / "sign").mkdir()
    (tmp_path / "main.py").write_text("from sign import app\n")
    (tmp_path / "sign" / "__init__.py").write_text("")
    (tmp_path / "sign" / "version.py").write_text('VERSION = "1.2.3"\n')
    source = "def begin_everything(n):\n    return _inner_of_it(n)\n\n\ndef _inner_of_it(n):\n    return n\n"
    (tmp_path / "sign" / "app.py").write_text(source)
    return tmp_path


def test_the_names_of_the_sources_come_back(firmware: Path) -> None:
    names = names_on_sign(firmware, "sign")
    public, private = names.public["begin_everything"], names.private["sign.app"]["_inner_of_it"]
    told = f"app.{public} > app.{private} > os.stat: OSError: app.{public}"
    plain = "app.begin_everything > app._inner_of_it > os.stat: OSError: app." + public
    assert in_plain_words(told, "1.2.3", firmware) == plain


def test_of_another_version_nothing_is_known(firmware: Path) -> None:
    told = "app.a: OSError: 5"
    for version in ("1.2.4", None):
        assert in_plain_words(told, version, firmware) == told


async def test_who_must_not_wait_hears_it_as_it_was_told_until_the_names_are_known(firmware: Path) -> None:
    plain, told = PlainWords(firmware), ""
    public = names_on_sign(firmware, "sign").public["begin_everything"]
    assert plain(f"app.{public}: OSError: 5", "1.2.4") == f"app.{public}: OSError: 5"
    async with asyncio.timeout(WAIT_S):
        while told != "app.begin_everything: OSError: 5":
            told = plain(f"app.{public}: OSError: 5", "1.2.3")
            assert told in (f"app.{public}: OSError: 5", "app.begin_everything: OSError: 5")
            await asyncio.sleep(0.01)
