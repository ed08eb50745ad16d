"""Which repositories a sweep is about, whatever the list came through."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcmfa_lint.errors import UsageFault
from pcmfa_lint.sweep.git_url import git_url
from pcmfa_lint.sweep.sources import listed, sources
from pcmfa_lint.sweep.walk import below
from tests.helpers.repository import put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(
        tmp_path / "estate",
        {
            "team/repo/.git/HEAD": "",
            "team/repo/src/a.py": "x = 1\n",
            "team/repo/inner/.git/HEAD": "",
            "exports/a/run.ps1": "Write-Host hello\n",
            "exports/a/deeper/b.ps1": "Write-Host hello\n",
            "download/pom.xml": "<project/>",
            "download/module/src/Main.java": "",
            "download/module/tools/x.py": "",
            "documents/readme.txt": "text\n",
            "stores/bare.git/HEAD": "",
            "stores/bare.git/objects/x": "",
            "stores/bare.git/refs/x": "",
        },
    )
    return tmp_path / "estate"


def test_work_trees_projects_bare_repositories_and_topmost_folders_of_scripts(root: Path) -> None:
    found, said = below(str(root))
    assert not said
    assert [source.name for source in found if not source.failed] == [
        "download",
        "exports/a",
        "stores/bare.git",
        "team/repo",
        "team/repo/inner",
    ]
    assert [source.name for source in found if source.remote] == ["stores/bare.git"]


def test_every_other_folder_is_named_with_the_reason(root: Path) -> None:
    put(root, {"letters/2025/a.docx": "", "letters/b.PDF": "", "letters/c": "", "node_modules/x/a.js": ""})
    (root / "nothing" / "deeper").mkdir(parents=True)
    put(root, {"letters/c.docx": "", "exports/old/pictures/x.png": ""})
    (root / "letters" / "c").unlink()
    empty = {source.name: source.failed for source in below(str(root))[0] if source.empty}
    assert empty == {
        "documents": "it contains no file that can be read (1 file: .txt)",
        "exports/old": "it contains no file that can be read (1 file: .png)",
        "letters": "it contains no file that can be read (3 files: .docx, .pdf)",
        "node_modules": "it is left out because of its name: third-party code, or the output of a build",
        "nothing": "it holds no file",
    }


@pytest.mark.parametrize("file", ["a.swift", "a.http", "a.json", "Jenkinsfile", "a.cmd", "a.pq", "export.zip", "a.go"])
def test_a_folder_with_any_file_that_may_be_code_is_looked_at(file: str, tmp_path: Path) -> None:
    put(tmp_path, {"team/.git/HEAD": "", f"share/deep/{file}": ""})
    assert [source.name for source in below(str(tmp_path))[0]] == ["share/deep", "team"]


def test_plain_folders_are_one_estate_unless_there_are_too_many_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "estate", {"jobs/a.ps1": "", "modules/b.ps1": "", "letters/a.docx": ""})
    assert [(source.name, source.empty) for source in below(str(tmp_path / "estate"))[0]] == [
        ("estate", False),
        ("letters", True),
    ]
    (note,) = below(str(tmp_path / "estate"))[1]
    assert note.startswith("2 folders without git are analyzed as one repository (jobs, modules)")
    assert "git init" in note
    monkeypatch.setattr("pcmfa_lint.sweep.walk.JOINED_FILES", 1)
    found, said = below(str(tmp_path / "estate"))
    assert [source.name for source in found] == ["jobs", "letters", "modules"]
    assert "scanned separately" in said[0]


def test_a_folder_without_any_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="no work tree and no folder with scripts"):
        sources(put(tmp_path, {"readme.txt": "text"}), "")
    with pytest.raises(UsageFault, match="no such folder or list"):
        sources(str(tmp_path / "nowhere"), "")


def test_the_folder_of_results_is_not_looked_at(root: Path) -> None:
    out = root / "exports" / "a"
    assert "exports/a" not in {source.name for source in sources(str(root), str(out))[0]}


def names(tmp_path: Path, file: str, text: str | bytes) -> list[str]:
    put(tmp_path, {file: text, "one/x.py": "", "two/x.py": ""})
    return [source.name for source in listed(str(tmp_path / file))[0]]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("list.txt", "# ours\none\n\ntwo\nhttps://user:invented@example.com/team/three.git\n"),
        ("list.txt", "\ufeffone\r\n'two',\r\nhttps://example.com/team/three\r\n"),
        ("list.txt", "one\ntwo\ngit@example.com:team/three.git".encode("utf-16")),
        ("list.csv", "owner;path;url\r\na;one;\r\nb;two;\r\nc;;https://example.com/team/three.git\r\n"),
        ("list.csv", "sep=;\r\nPath;Url\r\none;\r\ntwo;\r\n;ssh://git@example.com/team/three\r\n"),
        ("list.csv", "one\ntwo\nhttps://example.com/team/three\n"),
        ("list.toml", 'repositories = ["one", "two", "file:///srv/team/three"]\n'),
        (
            "list.toml",
            '[[repository]]\npath = "one"\n[[repository]]\npath = "two"\n[[repository]]\nurl = "git://h/team/three"\n',
        ),
    ],
)
def test_lists_of_all_kinds(tmp_path: Path, file: str, text: str | bytes) -> None:
    assert names(tmp_path, file, text) == ["one", "team/three", "two"]


def test_duplicates_are_scanned_once_and_said(tmp_path: Path) -> None:
    put(tmp_path, {"list.txt": "one\n./one/\nhttps://example.com/a/b\nhttps://example.com/a/b\n", "one/x.py": ""})
    found, said = listed(str(tmp_path / "list.txt"))
    assert [source.name for source in found] == ["a/b", "one"]
    assert len(said) == 2
    assert all("more than once" in sentence for sentence in said)


def test_many_of_the_same_name_are_told_apart_in_one_look(tmp_path: Path) -> None:
    rows = "".join(f"https://{host}.example/t/tool\n" for host in range(3_000))
    found = names(tmp_path, "list.txt", rows)
    assert len(set(found)) == 3_000


def test_two_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    put(tmp_path, {"list.txt": "x/tool\ny/tool\nhttps://a.example/t/tool\nhttps://b.example/t/tool\n"})
    put(tmp_path, {"x/tool/a.py": "", "y/tool/a.py": ""})
    found = names(tmp_path, "list.txt", "x/tool\ny/tool\nhttps://a.example/t/tool\nhttps://b.example/t/tool\n")
    assert len({name.casefold() for name in found}) == 4
    assert any(name.endswith("x/tool") for name in found)
    assert "a.example/t/tool" in found


ABSENT = ["nowhere", "inVented!9#x", "/nonexistent/inVented!9/x", "file.txt/inVented!9", "inVented!9" * 60, "a\udcff!"]


@pytest.mark.parametrize("entry", ABSENT)
@pytest.mark.parametrize("file", ["list.txt", "list.csv", "list.toml"])
def test_what_is_not_there_is_a_row_with_its_reason_that_does_not_repeat_it(
    file: str, entry: str, tmp_path: Path
) -> None:
    if "\udcff" in entry and file == "list.toml":
        pytest.skip("TOML is UTF-8")
    texts = {"list.txt": f"{entry}\n", "list.csv": f"path\n{entry}\n", "list.toml": f'repositories = ["{entry}"]\n'}
    put(tmp_path, {file: texts[file].encode("utf-8", "surrogateescape"), "file.txt": ""})
    (source,) = listed(str(tmp_path / file))[0]
    assert source.name == source.place == source.shown
    assert source.name.endswith(f" 1 of {file}")
    assert source.failed == "there is no such folder"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("list.txt", "# nothing\n", "no path and no URL"),
        ("list.toml", "repositories = 1\n", "write the list as"),
        ("list.toml", "repositories = [\n", "not valid TOML"),
        ("list.txt", b"PK\x03\x04" + bytes(300), "this is not text"),
        ("list.txt", b"PK\x03\x04 a workbook", "save it as CSV"),
        ("list.csv", "Name;Team\na;b\n", "the first row must have a column"),
        ("list.toml", "a = 1\nb = \n", r"list\.toml:2"),
        ("list.txt", b"\x00\x01\x02\x00\x00\x00" * 50, "this is not text"),
    ],
)
def test_a_broken_list_is_one_clear_sentence(tmp_path: Path, file: str, text: str | bytes, said: str) -> None:
    with pytest.raises(UsageFault, match=said):
        names(tmp_path, file, text)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:invented@example.com/a/b.git", "https://example.com/a/b.git"),
        ("https://example.com:8443/a/_git/b%20c/", "https://example.com:8443/a/_git/b%20c/"),
        ("HTTPS://[2001:db8::1]:8443/a/b", "https://[2001:db8::1]:8443/a/b"),
        ("ssh://git@example.com/a/b", "ssh://example.com/a/b"),
        ("file:///srv/git/a", "file:///srv/git/a"),
        ("git@example.com:a/b", "git@example.com:a/b"),
        ("invented@example.com:a/b", "example.com:a/b"),
    ],
)
def test_no_credential_of_a_url_is_shown(url: str, shown: str) -> None:
    found = git_url(url)
    assert found is not None
    assert (found.url, found.shown) == (url, shown)


NO_URLS = [
    "https://u:in#vented1@h/o/r",
    "https://u:in/vented2@h/o/r",
    "https://u:in?vented3@h/o/r",
    "https://u:in vented4@h/o/r",
    "https://u:invented5@@h/o/r",
    "https://u:invented6@h:9999999/o/r",
    "https://u:invented7@[::1/o/r",
    "https:/u:invented8@h/o/r",
    "http://u:invented9@h\\o\\r",
    "git+https://u:invented10@h/o/r",
    "ftp://u:invented11@h/o/r",
    "u:invented12@h:o/r",
    "token=invented13@h:o/r",
    "https://h/o/r?private_token=invented14",
    "https://h/o/r;token=invented15",
    "https://h/o/r#invented16",
    "https://h/u:invented17@h/r",
    "https://h/o%2Fu%3Ainvented18%40h/r",
    "https://[::1/o/r",
    '"https://u:invented19@h/o/r", x',
    "\u202einvented20",
    "https://h/gj3k5hq7zt2w9xn4bv6m/r",
    "gj3k5hq7zt2w9xn4bv6m",
    "https%3A//u%3Ainvented21%40h/o/r",
    "u\uff1ainvented22\uff20h",
    "https://h/invented!23/r",
    "https://h/o/invented%2124",
    "https://h/o/$invented25",
    "h:invented!26/r",
]


@pytest.mark.parametrize("text", NO_URLS)
def test_what_is_no_url_is_a_row_that_does_not_repeat_it(tmp_path: Path, text: str) -> None:
    assert git_url(text) is None
    put(tmp_path, {"list.txt": f"one\n{text}\n", "one/x.py": ""})
    row, one = listed(str(tmp_path / "list.txt"))[0]
    assert (one.name, one.failed) == ("one", "")
    assert (row.name, row.place, row.shown) == ("line 2 of list.txt",) * 3
    assert "not a usable git URL" in row.failed
    assert "invented" not in row.failed


@pytest.mark.parametrize("text", [text for text in NO_URLS if "invented" in text])
def test_neither_is_it_repeated_when_it_is_given_on_the_command_line(text: str) -> None:
    with pytest.raises(UsageFault) as fault:
        sources(text, "")
    assert "invented" not in str(fault.value)


def test_entries_of_all_kinds_of_lists_fail_alone(tmp_path: Path) -> None:
    folder = "one\n"
    put(
        tmp_path,
        {"one/x.py": "", "file.txt": "", "list.toml": 'repositories = ["one", 5, "", {}, "u:p@h", "file.txt"]\n'},
    )
    found = {str(source.name): source.failed for source in listed(str(tmp_path / "list.toml"))[0]}
    assert found.pop("one") == ""
    assert found["file.txt"] == "it is a file, not a folder"
    assert set(found) == {*(f"entry {number} of list.toml" for number in range(2, 6)), "file.txt"}
    put(tmp_path, {"list.csv": f"team,url\na,{folder}b,u:p@h:x\n"})
    assert [source.name for source in listed(str(tmp_path / "list.csv"))[0]] == ["one", "row 2 of list.csv"]


def test_a_comment_behind_a_url_is_none_of_it(tmp_path: Path) -> None:
    put(tmp_path, {"list.txt": "https://u:invented@example.com/a/b  # ours\n"})
    (source,) = listed(str(tmp_path / "list.txt"))[0]
    assert (source.name, source.place) == ("a/b", "https://u:invented@example.com/a/b")
