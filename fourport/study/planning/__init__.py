"""What planning charts need beside the summary: departures, arrivals at the cut-off, resources.

All of it is what happened in the window, by everyone who was there then, averaged
over replications. Each table is a :class:`~fourport.study.planning.sheets.Sheet`
of a replication, and how its mean becomes rows.
"""

from fourport.study.planning.sheets import SHEETS, Sheet, mean_of, sheets_of

__all__ = ["SHEETS", "Sheet", "mean_of", "sheets_of"]
