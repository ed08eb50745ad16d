"""The marks of comments on a line of their own, by the names of files. What is not here has no comments."""

from __future__ import annotations

from pcmfa_lint.frontend.languages import language_for

# What stands before the text and behind it, by language, and by suffix where that decides.
_BY_LANGUAGE = {
    **dict.fromkeys(("python", "powershell", "ruby", "shell"), ("# ", "")),
    **dict.fromkeys(("javascript", "php", "csharp", "java", "kotlin", "groovy", "go"), ("// ", "")),
    "vb": ("' ", ""),
}
_BY_SUFFIX = {
    **dict.fromkeys((".env", ".yaml", ".yml", ".toml", ".cfg", ".conf", ".properties", ".tf", ".tfvars"), ("# ", "")),
    **dict.fromkeys((".hcl", ".http", ".rest"), ("# ", "")),
    **dict.fromkeys((".jsonc", ".json5", ".bicep", ".bicepparam"), ("// ", "")),
    **dict.fromkeys(
        (".config", ".xml", ".settings", ".clixml", ".cscfg", ".runsettings", ".pubxml"), ("<!-- ", " -->")
    ),
    ".ini": ("; ", ""),
}


def comment_line(path: str, text: str) -> str:
    """`text` as a comment of this file, "" if it can have none."""
    before, after = _marks(path)
    return f"{before}{text}{after}" if before else ""


def without_comment_lines(path: str, text: str) -> str:
    """The text of a file without the lines that are nothing but a comment."""
    mark = _marks(path)[0].strip()
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(mark)) if mark else text


def _marks(path: str) -> tuple[str, str]:
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    return _BY_SUFFIX.get(suffix) or _BY_LANGUAGE.get(language_for(path).name, ("", ""))
