"""The program without charts, which take most of the time of a small run."""

from __future__ import annotations

from fourport.cli import main, output

if __name__ == "__main__":
    output.draw_charts = lambda *_: []
    main(prog_name="fourport")
