"""Tables for planning charts: departures, arrivals at the cut-off, resources.

All tables describe the window, include everything that moved in it, and are averaged over replications. Each
module measures a :class:`~fourport.study.planning.sheets.Sheet` of one replication, and turns the mean sheet
into rows. A sheet holds counts, sums and amounts of single departures; a share or a mean over consignments or
hours is worked out of the mean sheet, so that it is the ratio of two sums over all replications together.
"""

from fourport.study.planning.sheets import SHEETS, MeanSheet, Sheet, sheets_of

__all__ = ["SHEETS", "MeanSheet", "Sheet", "sheets_of"]
