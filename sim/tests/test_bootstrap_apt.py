"""Debian packages without root: which archive they come from, and apt in a folder of its own."""

from pathlib import Path

import pytest

from bootstrap import apt
from bootstrap.aptsources import Source, debian_archives, parse_deb822, parse_one_line, read_sources
from bootstrap.errors import SetupError

ARCHIVE = "http://archive.test/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def nothing() -> None:
    """No sign of life is wanted."""


class TestOneLineSources:
    def test_an_entry_has_address_suite_and_components(self) -> None:
        assert parse_one_line(f"deb {ARCHIVE} bookworm main contrib") == [
            Source((ARCHIVE,), ("bookworm",), ("main", "contrib"))
        ]

    def test_options_may_stand_before_the_address(self) -> None:
        [source] = parse_one_line(f"deb [ arch=amd64,i386 signed-by={KEYRING} ] {ARCHIVE} sid main")
        assert source == Source((ARCHIVE,), ("sid",), ("main",), KEYRING)

    def test_a_flat_archive_has_no_components(self) -> None:
        assert parse_one_line("deb http://flat.test ./") == [Source(("http://flat.test",), ("./",), ())]

    @pytest.mark.parametrize(
        "line", ["", "# deb http://a.test sid main", "deb-src http://a.test sid main", "deb", "rubbish here"]
    )
    def test_comments_sources_of_programs_and_rubbish_are_left_out(self, line: str) -> None:
        assert parse_one_line(line) == []

    def test_a_comment_may_end_a_line(self) -> None:
        [source] = parse_one_line(f"deb {ARCHIVE} bookworm main # as installed")
        assert source.components == ("main",)


class TestDeb822Sources:
    def test_a_stanza_may_hold_several_addresses_and_suites(self) -> None:
        text = (
            "Types: deb deb-src\nURIs: http://a.test/debian http://b.test/debian\n"
            "Suites: sid forky\nComponents: main\n"
        )
        assert parse_deb822(text) == [
            Source(("http://a.test/debian", "http://b.test/debian"), ("sid", "forky"), ("main",))
        ]

    def test_stanzas_are_parted_by_blank_lines_and_comments_do_not_count(self) -> None:
        text = (
            f"Types: deb\n# a comment inside\nURIs: {ARCHIVE}\nSuites: bookworm\nComponents: main\n"
            f"Signed-By: {KEYRING}\n\n# a comment between\n\n"
            "Types: deb\nURIs: http://b.test\nSuites: noble\nComponents: universe\n"
        )
        assert [source.suites for source in parse_deb822(text)] == [("bookworm",), ("noble",)]
        assert parse_deb822(text)[0].signed_by == KEYRING

    def test_field_names_have_no_case_and_values_may_go_on_in_the_next_line(self) -> None:
        [source] = parse_deb822(f"types: deb\nuris:\n {ARCHIVE}\nSUITES: sid\nComponents: main\n  contrib\n")
        assert source == Source((ARCHIVE,), ("sid",), ("main", "contrib"))

    def test_a_key_may_stand_inside(self) -> None:
        stanza = f"Types: deb\nURIs: {ARCHIVE}\nSuites: sid\nComponents: main\n"
        text = stanza + "Signed-By:\n -----BEGIN PGP\n .\n abc\n"
        assert parse_deb822(text)[0].signed_by.startswith("-----BEGIN PGP")

    @pytest.mark.parametrize("field", ["Enabled: no", "Types: deb-src"])
    def test_disabled_ones_and_sources_of_programs_are_left_out(self, field: str) -> None:
        assert parse_deb822(f"{field}\nURIs: {ARCHIVE}\nSuites: sid\nComponents: main\n") == []


class TestTheMachinesSources:
    def test_both_formats_are_read_and_other_files_are_not(self, tmp_path: Path) -> None:
        parts = tmp_path / "sources.list.d"
        parts.mkdir()
        (tmp_path / "sources.list").write_text("deb http://one.test sid main\n")
        (parts / "two.list").write_text("deb http://two.test sid main\n")
        (parts / "three.sources").write_text(
            "Types: deb\nURIs: http://three.test\nSuites: sid\nComponents: main\n"
        )
        (parts / "four.sources.disabled").write_text("Types: deb\nURIs: http://four.test\nSuites: sid\n")
        assert [source.uris[0] for source in read_sources(tmp_path)] == [
            "http://one.test",
            "http://three.test",
            "http://two.test",
        ]

    def test_a_machine_without_any_is_no_error(self, tmp_path: Path) -> None:
        assert read_sources(tmp_path) == []


class TestChoiceOfTheArchive:
    def test_the_address_of_a_debian_suite_is_taken_once(self) -> None:
        release = Source((ARCHIVE,), ("bookworm", "bookworm-updates"), ("main",), KEYRING)
        testing = Source((ARCHIVE + "/",), ("testing",), ("main",))
        assert debian_archives([release, testing]) == [ARCHIVE]

    @pytest.mark.parametrize(
        "source",
        [
            pytest.param(Source((ARCHIVE,), ("noble", "noble-updates"), ("main",)), id="ubuntu"),
            pytest.param(Source((ARCHIVE,), ("bookworm-security",), ("main",)), id="security only"),
            pytest.param(Source((ARCHIVE,), ("bookworm",), ("stable",)), id="other component"),
            pytest.param(
                Source((ARCHIVE,), ("bookworm",), ("main",), "/etc/apt/keyrings/db.asc"), id="other key"
            ),
            pytest.param(Source(("cdrom:[Debian]/",), ("bookworm",), ("main",)), id="a disc"),
        ],
    )
    def test_what_is_not_debians_archive_is_passed_over(self, source: Source) -> None:
        assert debian_archives([source]) == []

    def test_a_variable_names_another_archive(self, tmp_path: Path) -> None:
        (tmp_path / "sources.list").write_text(f"deb {ARCHIVE} bookworm main\n")
        assert apt.archives({}, tmp_path) == [ARCHIVE]
        assert apt.archives({"GANGVAKT_DEBIAN_ARCHIVE": "http://own.test"}, tmp_path) == ["http://own.test"]

    def test_a_machine_that_names_none_is_told_which_variable_to_set(self, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match=r"set GANGVAKT_DEBIAN_ARCHIVE"):
            apt.archives({}, tmp_path)

    def test_missing_keys_are_told_by_their_package(self, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match=r"apt-get install debian-archive-keyring"):
            apt.keyring([tmp_path / "absent.gpg"])


class TestPrivateApt:
    @pytest.fixture(autouse=True)
    def _programs_are_there(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(apt, "BUILD", tmp_path)
        monkeypatch.setattr(apt, "require_programs", nothing)
        monkeypatch.setattr(apt, "keyring", lambda: Path(KEYRING))

    def test_it_keeps_lists_and_packages_in_its_own_folder(self, tmp_path: Path) -> None:
        folder = apt.PrivateApt("machine", nothing).folder
        config = (folder / "apt.conf").read_text()
        assert folder.is_relative_to(tmp_path)
        for setting in ("Dir::State", "Dir::Cache", "Dir::State::status"):
            assert f'{setting} "{folder}/' in config
        assert "Dir::Etc" not in config

    def test_a_foreign_one_sees_a_single_signed_suite_of_one_architecture(self) -> None:
        folder = apt.foreign_apt("debian", nothing, ARCHIVE, "forky", "i386").folder
        assert (folder / "sources.list").read_text() == f"deb [signed-by={KEYRING}] {ARCHIVE} forky main\n"
        assert 'APT::Architectures:: "i386"' in (folder / "apt.conf").read_text()

    @pytest.mark.parametrize(("named", "accepted"), [("", False), (ARCHIVE, True)])
    def test_expired_lists_are_accepted_only_of_an_archive_that_was_named(
        self, monkeypatch: pytest.MonkeyPatch, named: str, accepted: bool
    ) -> None:
        monkeypatch.setenv("GANGVAKT_DEBIAN_ARCHIVE", named)
        folder = apt.foreign_apt("debian", nothing, ARCHIVE, "forky", "i386").folder
        assert ("Check-Valid-Until" in (folder / "apt.conf").read_text()) == accepted
