"""Draw charts from stored results only.

Each kind of chart is one module here with one function ``figure(results, policy,
style)`` and a description ``CHART``, by which ``kinds`` finds it. Charts import
nothing that simulates: they show only what they can read from a run's folder.

==================  ==============================================================
``kinds``           finds the kinds and what they need
``asked``           checking what is asked for: kind, format, style, language
``drawing``         drawing one into a run's folder, ``writing`` it as a file
``results``         reading a run's folder
``style``           sizes, fonts and colours; the look of each route
``page``            title, panels, wrapped text and caption
``text_layout``     how wide words are, where lines break, how numbers are written
``labels``          names beside points, without overlap, chosen from ``label_candidates``
``bars``            stacked bars by lane, with their ``legend``
``route_profile``   time or cost along a route, against distance, with ``end_labels``
``language``        fixed words in English, Chinese and Korean
``fonts``           families that have the letters needed
==================  ==============================================================
"""

from fourport.charts.asked import check_names, check_shown
from fourport.charts.drawing import draw
from fourport.charts.kinds import KINDS, Chart, kinds_for, why_not
from fourport.charts.stored_results import StoredResults

__all__ = ["KINDS", "Chart", "StoredResults", "check_names", "check_shown", "draw", "kinds_for", "why_not"]
