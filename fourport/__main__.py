"""``python -m fourport``, and the program ``fourport``."""

import signal
import sys

# Until the commands are imported, which takes a tenth of a second, an interrupt would give a traceback; the
# system ends the program without one.
_BEFORE = signal.signal(signal.SIGINT, signal.SIG_DFL)


def main() -> None:
    """Run the program, from where on it handles interrupts itself."""
    from fourport.cli import main as program
    from fourport.cli.group import INTERRUPTED, complain

    try:
        signal.signal(signal.SIGINT, _BEFORE)
        program()
    except KeyboardInterrupt:
        complain(["interrupted"])
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
