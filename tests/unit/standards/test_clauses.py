"""The shipped clauses: well formed, linked, in our own words and clean Chinese."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from agentdesk.domain.clause import Way
from agentdesk.standards import clauses as module
from agentdesk.standards.clauses import clause_ids, clause_packs, find_clause, load_clauses
from agentdesk.standards.reader import read
from agentdesk.standards.source import Source

FOLDER = Path(module.__file__).parent / "clauses"
NUMBER = re.compile(r"\d{5,}")
"""A telephone number; years and figures are shorter."""


@pytest.mark.parametrize("pack_id", clause_packs())
def test_a_file_keeps_to_the_format_of_a_centres_own_clauses(pack_id: str) -> None:
    text = f'[pack]\nid = "{pack_id}"\nextends = "{pack_id}"\n'
    text += (FOLDER / f"{pack_id}.toml").read_text("utf-8")

    items = read(tomllib.loads(text), Source(pack_id, text))

    assert [item.name for item in items["clause"]] == [c.id for c in load_clauses(pack_id)]


@pytest.mark.parametrize("pack_id", clause_packs())
def test_clauses_are_of_their_pack_and_linked_to_real_ones(pack_id: str) -> None:
    for clause in load_clauses(pack_id):
        assert clause.id.startswith(f"{pack_id}-{clause.section}")
        assert clause.pack == pack_id
        assert {*clause.see, *clause.conflicts} <= clause_ids()


@pytest.mark.parametrize("pack_id", clause_packs())
def test_texts_are_chinese_with_chinese_marks_and_no_real_numbers(pack_id: str) -> None:
    for clause in load_clauses(pack_id):
        assert re.search("[一-鿿]", clause.text), clause.id
        assert not set(",;?!()") & set(clause.text), clause.id
        assert not re.search(r"[^\d]:|:[^\d]", clause.text), clause.id
        for text in (clause.text, clause.title_en, clause.note):
            assert not NUMBER.search(text), clause.id


def test_headings_without_a_text_are_told_apart() -> None:
    headings = [c for pack in clause_packs() for c in load_clauses(pack) if c.heading_only]

    assert len(headings) == 17
    assert {(c.pack, c.way) for c in headings} == {("T0", Way.POSTER), ("T1", Way.POSTER)}


def test_a_clause_is_found_by_its_id() -> None:
    clause = find_clause("F6-4.4-hold-return-ban")

    assert clause is not None
    assert "B3-2.3-hold-return" in clause.conflicts
    assert find_clause("F6-4.4-none") is None
    assert find_clause("../F6-1") is None


@pytest.mark.parametrize("pack_id", ["M1", "", "../packs/F6", "f6"])
def test_a_pack_without_shipped_clauses_has_none(pack_id: str) -> None:
    assert load_clauses(pack_id) == ()


def test_opening_a_pack_reads_no_clauses() -> None:
    code = (
        "import sys; from agentdesk.standards.loader import PackRegistry; PackRegistry().get('F6');"
        "wrong = [m for m in sys.modules if m.startswith('agentdesk.standards.') and"
        " m.split('.')[2] in ('clauses', 'facts', 'conflicts', 'merge', 'lint')]; print(wrong)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout.strip() == "[]"


def test_every_data_file_is_part_of_the_installed_package() -> None:
    root = FOLDER.parents[2]
    data = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    patterns = data["tool"]["setuptools"]["package-data"]["agentdesk.standards"]

    shipped = {path for pattern in patterns for path in FOLDER.parent.glob(pattern)}

    assert set(FOLDER.parent.rglob("*.toml")) == shipped
