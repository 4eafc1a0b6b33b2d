"""Real clients against the real binary: Claude Code and the Anthropic SDKs, on loopback only.

Started by `cargo xtask test` and `cargo xtask clients [PATTERN…]`, which install the clients
first. Prints one line per promise, ends with `N passed, N failed`, exits 1 when one failed.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from environment import clean_environment


def main() -> int:
    """Sets the stage, proves the promises, tells the tally."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="salve-clients-") as folder:
        # The SDKs run in this process and read proxies, keys and addresses from its environment.
        os.environ.clear()
        os.environ.update(clean_environment(Path(folder)))
        return _run(options, Path(folder))


def _run(options: argparse.Namespace, folder: Path) -> int:
    # Imported only now: the modules below bring in SDKs, which look at the environment.
    import promises
    from stage import Stage

    import claude_code  # noqa: F401 - registers its promises
    import cures_of_answers  # noqa: F401
    import cures_of_requests  # noqa: F401
    import endings  # noqa: F401
    import python_sdk  # noqa: F401
    import typescript_sdk  # noqa: F401
    import up  # noqa: F401

    tally = promises.Tally()
    try:
        with Stage(folder, options.salve, options.node_folder) as stage:
            promises.run_all(stage, options.patterns, tally)
            if tally.failed:
                stage.print_logs()
    except promises.Broken as broken:
        tally.record("the gateway and the simulator start", 0, str(broken))
    print(f"{tally.passed} passed, {tally.failed} failed", flush=True)
    return 1 if tally.failed or not tally.passed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--salve", type=Path, required=True, help="the binary under test")
    parser.add_argument("--node-folder", type=Path, required=True, help="holds node_modules")
    parser.add_argument("patterns", nargs="*", help="only promises whose sentence contains one")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
