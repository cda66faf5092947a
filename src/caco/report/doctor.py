"""What this host offers: isolation, optional parts, devices."""

import platform
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from caco.backends.sandboxes import host_report
from caco.runners.part import num_cores

EXTRAS = {
    "hub": ("datasets", "huggingface_hub"),
    "ray": ("ray",),
    "reasoning-gym": ("reasoning_gym",),
    "s3": ("s3fs",),
    "train": ("torch", "transformers", "trl", "accelerate", "datasets"),
    "transformers": ("torch", "transformers"),
    "verifiers": ("verifiers",),
    "vllm": ("vllm",),
}
"""Packages of each extra."""


def examine() -> list[tuple[str, str]]:
    """Findings as (name, finding), in the order in which a reader wants them."""
    return [
        ("caco", version("caco")),
        ("python", f"{platform.python_version()} on {platform.system()} {platform.release()}"),
        ("cores", str(num_cores())),
        *host_report(),
        *((f"extra {extra}", _extra(extra, packages)) for extra, packages in EXTRAS.items()),
        ("gpu", "yes" if Path("/dev/nvidia0").exists() else "none seen"),
    ]


def _extra(extra: str, packages: tuple[str, ...]) -> str:
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        return f"not installed: pip install 'caco[{extra}]'"
    try:
        return ", ".join(f"{package} {version(package)}" for package in packages)
    except PackageNotFoundError:
        return "importable, but not installed as a package"
