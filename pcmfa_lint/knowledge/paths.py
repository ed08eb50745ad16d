"""The folder of our own rules, and the files that a folder of rules holds."""

# ruff: noqa: PTH112, PTH118, PTH120
# Texts where a start needs them: `pathlib` takes long to import.

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = "catalog"  # name of the folder of catalog files in a folder of rules
INVENTORY = "inventory"  # and of that with what is known of whole integrations


def shipped_folder() -> str:
    """The folder of our own rules: inside an installed package, beside the package in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    inside = os.path.join(package, "rules")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "rules")


def shipped() -> Path:
    """`shipped_folder` as a path."""
    from pathlib import Path

    return Path(shipped_folder())


def toml_files(folder: Path) -> list[Path]:
    """The TOML files right in a folder, sorted."""
    return sorted(path for path in folder.glob("*.toml") if path.is_file())


def catalog_files(folder: Path) -> list[Path]:
    """The catalog files of a folder of rules: those of all languages first, then one folder per language."""
    catalog = folder / CATALOG
    folders = sorted(each for each in catalog.glob("*") if each.is_dir() and not each.is_symlink())
    return [path for each in (catalog, *folders) for path in toml_files(each)]


def rule_files(folder: Path) -> list[Path]:
    """The files of a folder itself and of its folders of rules; links to folders are not followed."""
    folders = [folder, *sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())]
    return [path for each in folders if each.name not in (CATALOG, INVENTORY) for path in toml_files(each)]
