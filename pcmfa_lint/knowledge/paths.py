"""Where our own rules lie, and which files a folder of rules holds."""

from __future__ import annotations

from pathlib import Path

CATALOG = "catalog"  # name of the folder of catalog files in a folder of rules
INVENTORY = "inventory"  # and of that with what is known of whole integrations


def shipped() -> Path:
    """The folder of our own rules: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def toml_files(folder: Path) -> list[Path]:
    """The TOML files right in a folder, sorted."""
    return sorted(path for path in folder.glob("*.toml") if path.is_file())


def rule_files(folder: Path) -> list[Path]:
    """The files of a folder itself and of its folders of rules; links to folders are not followed."""
    folders = [folder, *sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())]
    return [path for each in folders if each.name not in (CATALOG, INVENTORY) for path in toml_files(each)]
