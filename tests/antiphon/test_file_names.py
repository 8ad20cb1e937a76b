"""Names of files as text."""

from __future__ import annotations

from antiphon.file_names import readable


def test_what_is_not_utf_8_is_spelt_out() -> None:
    assert readable("caf\udce9 \u00e9.mid") == "caf\\xe9 \u00e9.mid"
    assert readable("plain.mid") == "plain.mid"
