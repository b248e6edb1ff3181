"""How the compiled loop numbers tokens, steps, queues and events.

A **token** (the goods or a declaration of a consignment) is one number, ``consignment << STEP_BITS | step``.
"""

from __future__ import annotations

import numpy as np

NEVER = np.int64(-(2**63))
LINKS = np.int64(-(2**62))
"""Begins up to here are no times: ``NEVER``, or the next token in a queue."""
UNBOUND = np.int64(2**62)
"""Capacity in a dimension that does not limit loading, as in the plan."""
OPEN = np.int64(2**63 - 1)
"""End of a JOIN at which the goods wait."""
FREE = np.int64(2**63 - 1)
"""Time of a place in the agenda at which no event stands: later than all."""

STEP_BITS, CONSIGNMENT_BITS, QUEUE_BITS = 16, 31, 16
STEP, TOKEN = (1 << STEP_BITS) - 1, (1 << (STEP_BITS + CONSIGNMENT_BITS)) - 1

DIGIT_BITS = 8
DIGITS = 1 << DIGIT_BITS
"""Digits by which arrivals are sorted."""

DELAY, RESOURCE, SERVICE, FLEET, JOIN, MARK = range(6)
"""Kinds of steps, as in the plan."""

COLUMNS = 16
(
    KIND,
    PROVIDER,  # of a DELAY: the hours within which it begins
    QUEUE,  # queue of all trader classes; -1 if it depends on the class
    SURE,  # 1: never passed over
    LAST,  # 1: last of its track
    THROUGH,  # 1: a DELAY, and the next step is one that takes its time whatever happens
    CONDITION,
    UNLESS_DONE,
    AFTER,  # last step of the track that must have ended before
    JOIN_OF,  # JOIN that waits for the end of this step
    FIRST,  # first step of the track that a JOIN waits for; of a SERVICE, of the choice that it is part of
    ENDS,  # last step of that track, or of that choice
    EARLY,  # first step of the track that this step may start
    EARLY_CONDITION,
    EARLY_GOES_ON,  # 1: something follows the first step of that track
    SPACE,
) = range(COLUMNS)
"""Columns of ``tables.steps``; -1 for none."""

N_AGENDA, N_ARRIVED, N_RESOURCES, N_FLEETS, HOLE, PHASE, WORK, FIXED_US = range(8)
NEXT_ENTRY, NEXT_CHANGE, NEXT_CUTOFF, N_PARTS = range(8, 12)
"""Cells of ``state.cells``. HOLE is 1 while the root of the agenda is free; FIXED_US is when the next entry,
change of servers or cut-off is due."""
CELLS = 16
NOT_BEGUN, RUNNING, OVER = range(3)
"""Phases."""

ARRIVAL, HOLD, TRUCK_ARRIVAL, TRUCK_HOME = range(4)
"""What happens to a departure or trip ``k``: ``-1 - (k << 2 | one of these)`` in the agenda."""
