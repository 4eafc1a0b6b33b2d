"""The environment a client is started in: nothing of the developer's own."""

import os
from pathlib import Path


def clean_environment(home: Path) -> dict[str, str]:
    """A minimal environment whose home is `home`: no proxies, no keys, no settings."""
    return {
        "HOME": str(home),
        "PATH": _path(),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home),
        "NO_PROXY": "127.0.0.1,localhost",
    }


def _path() -> str:
    # Node may live outside the system's folders (nvm, a container's /usr/local).
    folders = ["/usr/local/bin", "/usr/bin", "/bin"]
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder not in folders and (Path(folder) / "node").exists():
            folders.append(folder)
    return os.pathsep.join(folders)
