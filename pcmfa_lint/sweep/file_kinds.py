"""The files that may hold an integration, by their names: all but prose, office files, media and what is compiled."""

from __future__ import annotations

from pcmfa_lint.engine.workers.worker import is_prose

_NO_CODE = frozenset(
    (
        *(
            "doc",
            "docx",
            "dot",
            "dotx",
            "odt",
            "xls",
            "xlsx",
            "xlsb",
            "ods",
            "ppt",
            "pptx",
            "odp",
            "pdf",
            "one",
            "vsdx",
        ),
        *("vsdx", "msg", "eml", "pst", "ics", "png", "jpg", "jpeg", "gif", "bmp", "ico", "tif", "tiff", "webp", "psd"),
        *("mp3", "wav", "mp4", "mov", "avi", "mkv", "webm", "ttf", "otf", "woff", "woff2", "eot", "dll", "exe", "msi"),
        *("so", "dylib", "lib", "obj", "o", "a", "pdb", "class", "pyc", "pyd", "bin", "dat", "db", "sqlite", "mdf"),
        *("ldf", "bak", "lnk", "url", "ini~", "tmp", "swp", "cer", "crt", "pfx", "p12", "p7b", "evtx", "etl", "dmp"),
    )
)


def may_be_code(path: str) -> bool:
    """Whether a file may be one that a reader or a text rule knows, or code in a language without a reader."""
    name = path.rpartition("/")[2]
    return not is_prose(path) and name.rpartition(".")[2].lower() not in _NO_CODE
