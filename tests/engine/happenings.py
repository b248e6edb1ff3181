"""Count the events of a run, ties above all, so that comparisons of engines are never vacuous.

Everything is derived afterwards from plan, world and milestones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np

from fourport.engine.milestones import Milestones
from fourport.engine.reference.conditions import holds, rate
from fourport.plan.tables import NEVER, UNBOUND, Ints, Kind, Plan, Rule, Space
from fourport.world.tables import World
from tests.engine.walk import Passed, Visit, track_end, track_start, walk
from tests.steps import KIND_NAMES

RULE_NAMES = {rule: name for name, rule in vars(Rule).items() if name.isupper()}

DIMENSIONS = ("weight", "volume", "TEU")

Parts = dict[tuple[int, int], dict[int, int]]
"""Thousandths by departure of what went in parts, by consignment and step."""


def happenings(plan: Plan, world: World, run: Milestones) -> Counter[str]:
    """Count the events by name."""
    visits, passed = walk(plan, world, run)
    counts = Counter(_journeys(plan, world, run, visits))
    counts.update(_passing(plan, visits, passed))
    counts.update(_conditions(plan, world, visits, passed))
    counts.update(_filings(plan, world, visits))
    counts.update(_not_awaited(plan, world, run, visits))
    for v in visits:
        if v.kind == Kind.DELAY and plan.step_hours[v.step] >= 0:
            counts.update(_within_hours(_turns(plan, int(plan.step_hours[v.step])), v))
    for k in range(len(plan.names.resources)):
        here = [v for v in visits if v.kind == Kind.RESOURCE and v.provider == k]
        rows = slice(int(plan.resource_change_first[k]), int(plan.resource_change_first[k + 1]))
        calendar = zip(
            plan.resource_change_us[rows].tolist(), plan.resource_servers[rows].tolist(), strict=True
        )
        counts.update(_at_resource(list(calendar), here, resumes=bool(plan.resource_resumes[k])))
    parts = _parts_by_visit(plan, world, run)
    counts.update(_choices(plan, world, visits, parts))
    for k in range(len(plan.names.services)):
        here = [v for v in visits if v.kind == Kind.SERVICE and v.provider == k]
        counts.update(_at_service(plan, world, k, here, parts))
        counts.update(_parts(plan, world, k, here, parts))
    for k in range(len(plan.names.fleets)):
        here = [v for v in visits if v.kind == Kind.FLEET and v.provider == k]
        counts.update(_at_fleet(plan, world, run, k, here))
    return counts


def _journeys(plan: Plan, world: World, run: Milestones, visits: list[Visit]) -> Iterator[str]:
    for i in range(world.n):
        main = plan.main_steps(int(world.route[i]))
        yield "undelivered" if run.end_us[world.first_event_row[i] + len(main) - 1] == NEVER else "delivered"
        rides = Counter(v.provider for v in visits if v.i == i and v.kind == Kind.SERVICE and v.end != NEVER)
        if max(rides.values(), default=0) > 1:
            yield "same service twice"
        if i and world.entry_us[i] == world.entry_us[i - 1]:
            yield "equal entries"
    for v in visits:
        if v.begin >= plan.end_us:
            yield "settled for after the end"
        if v.begin != NEVER and v.begin + v.duration == plan.end_us:
            yield "would end exactly at the end"


def _passing(plan: Plan, visits: list[Visit], passed: list[Passed]) -> Iterator[str]:
    """Yield which steps were done and which were passed over, and for which of the three reasons."""
    done = {(v.i, v.step): v for v in visits}
    waited = {(v.i, int(plan.step_track[v.step]), v.end) for v in visits if v.kind == Kind.JOIN}
    for v in visits:
        token = "goods" if v.goods else "declarations"
        if plan.step_condition[v.step] >= 0:
            yield f"condition true at {KIND_NAMES[v.kind]}"
        if plan.step_unless_done[v.step] >= 0:
            yield f"{token} at a step instead of one not done"
        if plan.step_after_track[v.step] >= 0:
            yield f"{token} after declarations already ended"
    for p in passed:
        yield f"passed over {KIND_NAMES[p.kind]}"
        if p.condition:
            yield f"condition false at {KIND_NAMES[p.kind]}"
        token = "goods" if p.goods else "declarations"
        if p.done:
            yield f"{token} pass over as one is done"
        if p.not_after:
            just_awaited = p.goods and (p.i, int(plan.step_after_track[p.step]), p.arrival) in waited
            state = "just awaited" if just_awaited else _state(plan, done, p)
            yield f"{token} pass over as declarations {state}"
        if p.condition + p.done + p.not_after > 1:
            yield f"{p.condition + p.done + p.not_after} reasons to pass over"


def _state(plan: Plan, done: dict[tuple[int, int], Visit], p: Passed) -> str:
    track = plan.track_steps(int(plan.step_after_track[p.step]))
    if (p.i, track[0]) not in done:
        return "not started"
    last = done.get((p.i, track[-1]))
    return "ending at this instant" if last is not None and last.end == p.arrival else "under way"


def _conditions(plan: Plan, world: World, visits: list[Visit], passed: list[Passed]) -> Iterator[str]:
    """Yield the results of the conditions that tokens really came to."""
    asked = {(int(plan.step_condition[v.step]), v.i) for v in visits}
    asked |= {(int(plan.step_condition[p.step]), p.i) for p in passed}
    asked |= {(int(plan.step_early_condition[v.step]), v.i) for v in visits}
    asked = {(condition, i) for condition, i in asked if condition >= 0}
    for condition, i in asked:
        yield from _rule(plan, world, condition, i)
    looked_at = Counter((int(plan.condition_draw[condition]), i) for condition, i in asked)
    yield from ("one risk number for two conditions" for (d, _), n in looked_at.items() if d >= 0 and n > 1)


def _rule(plan: Plan, world: World, condition: int, i: int) -> Iterator[str]:
    rule = int(plan.condition_rule[condition])
    answer = holds(plan, world, condition, i)
    if rule == Rule.BELOW:
        number = world.risk[plan.condition_draw[condition]][i]
        rates = plan.condition_rate[condition, :, world.trader_class[i]]
        if number == rate(plan, world, condition, i):
            yield "risk number equals the rate"
        if world.non_compliant[i] and (number < rates[0]) != answer:
            yield f"BELOW {answer} of a non-compliant one"
        yield f"BELOW {answer}"
        return
    first, second = int(plan.condition_first[condition]), int(plan.condition_second[condition])
    if Rule.BELOW not in {plan.condition_rule[c] for c in (first, second) if c >= 0}:
        yield "rule over rules"
    if rule == Rule.NOT:
        yield f"NOT {answer}"
        return
    parts = (holds(plan, world, first, i), holds(plan, world, second, i))
    yield f"{RULE_NAMES[rule]} {answer} from {parts[0]} and {parts[1]}"


def _filings(plan: Plan, world: World, visits: list[Visit]) -> Iterator[str]:
    done = {(v.i, v.step): v for v in visits}
    started: set[tuple[int, int]] = set()
    joined: set[tuple[int, int]] = set()
    for v in visits:
        track = int(plan.step_early_track[v.step])
        if track >= 0 and v.begin != NEVER:
            if not holds(plan, world, int(plan.step_early_condition[v.step]), v.i):
                yield "filing ahead not allowed"
            elif (v.i, track) in joined:
                yield "filing ahead after the JOIN"
            elif (v.i, track) in started:
                yield "filing ahead a second time"
            else:
                started.add((v.i, track))
                yield f"filing ahead at {KIND_NAMES[v.kind]}"
        if v.kind == Kind.JOIN:
            track = int(plan.step_track[v.step])
            steps = plan.track_steps(track)
            joined.add((v.i, track))
            declaration = done.get((v.i, steps[-1]))
            if (v.i, track) not in started:
                yield "filing at arrival"
            elif done[v.i, steps[0]].begin == v.begin:
                yield "filed ahead at this instant"
            elif declaration is None or declaration.end == NEVER or declaration.end > v.begin:
                yield "declarations after goods though filed ahead"
            else:
                yield (
                    "declarations as goods arrive"
                    if declaration.end == v.begin
                    else "declarations before goods"
                )


def _not_awaited(plan: Plan, world: World, run: Milestones, visits: list[Visit]) -> Iterator[str]:
    """Yield what happened to declaration tracks that no goods waited for, and to marks."""
    joined = {(v.i, int(plan.step_track[v.step])) for v in visits if v.kind == Kind.JOIN}
    for i in range(world.n):
        delivered = int(run.end_us[world.first_event_row[i] + plan.route_n_main[world.route[i]] - 1])
        for track in range(len(plan.track_first_step)):
            if plan.track_first_step[track] not in plan.route_steps(int(world.route[i])):
                continue
            if (i, track) in joined or delivered == NEVER:
                continue
            kind = "passed JOIN" if track in plan.step_track else "no JOIN"
            start, end = (of(plan, world, run, i, track) for of in (track_start, track_end))
            if start == NEVER:
                yield f"{kind}: declarations never started"
            elif start == delivered:
                yield f"{kind}: declarations start at the delivery"
            elif end == NEVER:
                yield f"{kind}: declarations unfinished"
            else:
                yield f"{kind}: declarations ended " + (
                    "after the delivery" if end > delivered else "by the delivery"
                )
    last_steps = set((plan.route_first_step[:-1] + plan.route_n_main - 1).tolist())
    last_steps |= set((plan.track_first_step + plan.track_n_steps - 1).tolist())
    for v in visits:
        if v.kind == Kind.MARK:
            token = "goods" if v.goods else "declarations"
            yield f"{'last' if v.step in last_steps else 'a'} MARK of {token}"
    for a, b in pairwise(visits):
        if a.i == b.i and a.kind == b.kind == Kind.MARK and a.goods and b.goods and a.arrival == b.arrival:
            yield "two MARKs at once"


def _turns(plan: Plan, hours: int) -> dict[int, int]:
    """Return the times at which hours open (1) and close (0)."""
    rows = slice(*plan.hours_first[hours : hours + 2].tolist())
    return dict(zip(plan.hours_turn_us[rows].tolist(), plan.hours_open[rows].tolist(), strict=True))


def _within_hours(turns: dict[int, int], v: Visit) -> Iterator[str]:
    """Yield what happened at a step that begins within hours only."""
    if v.begin == NEVER:
        yield "its hours never come again"
    elif v.begin > v.arrival:
        yield "waits for its hours"
    if v.arrival in turns:
        yield f"comes exactly as its hours {'open' if turns[v.arrival] else 'close'}"
    if any(v.begin < at < v.end and not is_open for at, is_open in turns.items()):
        yield "goes on as its hours close"


def _at_resource(calendar: list[tuple[int, int]], visits: list[Visit], *, resumes: bool) -> Iterator[str]:
    for a, b in combinations(visits, 2):
        first, second = (a, b) if a.left_queue < b.left_queue else (b, a)
        if first.left_queue > second.arrival:  # Otherwise they never waited together.
            yield from _overtaking(first, second)
    for (_, before), (at, servers) in pairwise(calendar):
        if sum(v.begin < at < v.end for v in visits) > servers and not resumes:
            yield "service goes on though servers are fewer"
        if resumes:
            yield from _resting(at, servers, visits)
        if servers == 0 < before:
            yield from ("arrives exactly at closing" for v in visits if v.arrival == at)
            yield from ("ends exactly at closing" for v in visits if v.end == at)
        if before == 0 < servers:
            yield from ("arrives exactly at opening" for v in visits if v.arrival == v.begin == at)
            yield from ("waits for opening" for v in visits if v.arrival < v.begin == at)


def _resting(at: int, servers: int, visits: list[Visit]) -> Iterator[str]:
    """Yield what happened as a resource that resumes its work got another number of servers."""
    for v in visits:
        if v.begin < at < v.end and v.departure_index >= servers:
            yield "work rests, and ends later"
            if any(w.begin >= at and w.begin < v.end and w.departure_index < servers for w in visits):
                yield "a service begins while work rests"
        if v.begin != NEVER and v.begin < at and v.end == NEVER and v.departure_index >= servers:
            yield "work rests, and does not end"
        if v.end == at and v.departure_index >= servers:
            yield "work ends exactly as its server goes"


def _overtaking(first: Visit, second: Visit) -> Iterator[str]:
    if first.arrival > second.arrival and first.priority < second.priority:
        yield "priority overtakes"
        if first.begin == first.arrival:
            yield "arrives as a server falls free and goes first"
    if (first.priority, first.arrival) == (second.priority, second.arrival):
        yield "queue tie told by step" if first.i == second.i else "queue tie told by consignment"
    if first.goods != second.goods:
        yield "goods and declarations in one queue"


def _parts_by_visit(plan: Plan, world: World, run: Milestones) -> Parts:
    """Return thousandths by departure of what went in parts, by consignment and step."""
    found: Parts = {}
    parts = run.parts
    columns = (parts.row.tolist(), parts.departure_index.tolist(), parts.thousandths.tolist())
    for row, departure, thousandths in zip(*columns, strict=True):
        i = int(np.searchsorted(world.first_event_row, row, side="right")) - 1
        step = row - int(world.first_event_row[i]) + int(plan.route_first_step[world.route[i]])
        found.setdefault((i, step), {})[departure] = thousandths
    return found


def _parts(plan: Plan, world: World, number: int, visits: list[Visit], parts: Parts) -> Iterator[str]:
    timetable = world.departures.of(number)
    for v in visits:
        mine = parts.get((v.i, v.step), {})
        if not mine:
            continue
        yield "goes in parts"
        if len(mine) > 2:
            yield "goes in three parts or more"
        if v.departure_index < 0:
            yield "a part left and the rest did not"
            continue
        arrivals = {d: int(timetable.arrival_us[d]) for d in mine}
        if max(arrivals.values()) > arrivals[v.departure_index]:
            yield "an earlier part arrives last"
        if plan.step_early_track[v.step] >= 0:
            yield "filing ahead of the last part"


def _choices(plan: Plan, world: World, visits: list[Visit], parts: Parts) -> Iterator[str]:
    """Yield what happened at legs with several services."""
    for v in visits:
        if plan.step_choice[v.step] < 0:
            continue
        if v.departure_index < 0:
            yield "waits for several services to the end"
            continue
        yield "by the service written first" if v.step == plan.choice(v.step)[0] else "by one written later"
        if (v.i, v.step) in parts:
            yield "in parts by one of several services"
        taken = int(world.departures.of(v.provider).cutoff_us[v.departure_index])
        for other in plan.choice(v.step):
            if other == v.step:
                continue
            timetable = world.departures.of(int(plan.step_provider[other]))
            before = (timetable.cutoff_us >= v.arrival) & (timetable.cutoff_us < taken)
            if (before & timetable.cancelled).any():
                yield "another service was cancelled"
            if (before & ~timetable.cancelled).any():
                kept = other > v.step and plan.step_within_us[v.step] >= 0
                yield "kept for a service written before" if kept else "another service was full"
            if ((timetable.cutoff_us == taken) & ~timetable.cancelled).any():
                yield f"two services close at once, by the {'first' if v.step < other else 'second'}"


def _at_service(plan: Plan, world: World, number: int, visits: list[Visit], parts: Parts) -> Iterator[str]:
    timetable = world.departures.of(number)
    used = {v.departure_index for v in visits if v.departure_index >= 0}
    for d, cutoff in enumerate(timetable.cutoff_us.tolist()):
        waiting = [v for v in visits if v.arrival <= cutoff < plan.end_us and not 0 <= v.departure_index < d]
        if timetable.cancelled[d]:
            yield from ("cancelled departure skipped" for _ in waiting)
            continue
        if {d, d + 1} <= used and cutoff == timetable.cutoff_us[d + 1]:
            yield "two departures loaded at one cut-off"
        waiting.sort(key=lambda v: (v.arrival, v.i, v.step))
        yield from _loading(plan, world, number, d, waiting, parts)
        for v in waiting:
            if v.departure_index != d:
                continue
            if v.arrival == cutoff:
                yield "arrives exactly at the cut-off"
            if timetable.departure_us[d] == cutoff:
                yield "leaves exactly at the cut-off"
            if timetable.departure_us[d] > timetable.scheduled_us[d]:
                yield "leaves late"


def _loading(
    plan: Plan, world: World, number: int, d: int, waiting: list[Visit], parts: Parts
) -> Iterator[str]:
    """Replay the loading of one departure from the consignments that it took."""
    block = world.departures.of(number).block_space[d].copy()
    free = world.departures.of(number).free_sale[d].copy()
    own_free, rolled_over = free.copy(), False
    released = int(world.departures.of(number).released_us[d])
    if released != NEVER:
        holders = [v for v in waiting if plan.step_space[v.step] == Space.BLOCK]
        yield from _release(world, d, released, holders, parts, (block, free))
    for v in waiting:
        mine = parts.get((v.i, v.step), {})
        gone = sum(part for departure, part in mine.items() if departure < d)
        rest, whole = world.size[v.i] - world.size[v.i] * gone // 1000, world.size[v.i]
        size = whole * (gone + mine.get(d, 1000 - gone)) // 1000 - whole * gone // 1000
        may_use_block = bool(plan.step_space[v.step] == Space.BLOCK)
        may_use_block &= released == NEVER or bool(world.entry_us[v.i] <= released)
        if v.departure_index != d and d in mine:
            yield "a part in the block" if may_use_block and (size <= block).all() else "a part in free sale"
            if gone:
                yield "another part, and not the last"
            (block if may_use_block and (size <= block).all() else free)[:] -= size
            continue
        if v.departure_index != d:
            rolled_over = True
            yield "rolled over"
            size = rest
            lacking = np.flatnonzero(size > free)
            if len(lacking) == 1:
                yield f"only {DIMENSIONS[lacking[0]]} lacks in free sale"
            lacking = np.flatnonzero(size > block)
            if may_use_block and block.any() and len(lacking) == 1:
                yield f"only {DIMENSIONS[lacking[0]]} lacks in the block"
            continue
        if rolled_over:
            yield "loaded past one rolled over"
        in_block = may_use_block and (size <= block).all()
        pool = block if in_block else free
        pool -= size
        if in_block:
            yield "in the block"
        else:
            yield "block step in free sale" if may_use_block else "free step in free sale"
        if (pool == 0).any():
            yield "departure exactly full"
        own_free -= 0 if in_block else size
        if released != NEVER and not in_block and (own_free < 0).any():
            yield "in released block space"


def _release(
    world: World, d: int, released: int, holders: list[Visit], parts: Parts, pools: tuple[Ints, Ints]
) -> Iterator[str]:
    """Replay the release of block space: keep some for its goods, and give the rest to the free pool."""
    block, free = pools
    kept = np.zeros(3, dtype=np.int64)
    for v in holders:
        gone = sum(part for of, part in parts.get((v.i, v.step), {}).items() if of < d)
        rest = world.size[v.i] - world.size[v.i] * gone // 1000
        if world.entry_us[v.i] > released:
            yield "block step accepted after the release"
        elif (kept + rest <= block).all():
            kept += rest
            yield "block space is kept"
        if world.entry_us[v.i] == released:
            yield "accepted exactly at the release"
    free += np.minimum(block - kept, UNBOUND - free)
    block[:] = kept


def _hours_of_trip(turns: dict[int, int], trip: tuple[int, int, int], riders: list[Visit]) -> Iterator[str]:
    opened, departed, home = trip
    if turns.get(opened) and any(v.arrival < opened for v in riders):
        yield "truck loads as its fleet opens"
    if turns.get(departed) and opened < departed:
        yield "truck leaves as its fleet opens"
    if any(opened < at < departed and not is_open for at, is_open in turns.items()):
        yield "truck is loading as its fleet closes"
    if any(departed < at < home and not is_open for at, is_open in turns.items()):
        yield "truck is under way as its fleet closes"


def _at_fleet(plan: Plan, world: World, run: Milestones, number: int, visits: list[Visit]) -> Iterator[str]:
    trips = run.trips[number]
    n_trips = len(trips.open_us)
    hours = int(plan.fleet_hours[number])
    turns = _turns(plan, hours) if hours >= 0 else {}
    home = (
        trips.departure_us + (world.drives.of(number).out_us + world.drives.of(number).back_us)[:n_trips]
    ).tolist()
    for k, (opened, departed) in enumerate(
        zip(trips.open_us.tolist(), trips.departure_us.tolist(), strict=True)
    ):
        riders = [v for v in visits if v.departure_index == k]
        yield from _hours_of_trip(turns, (opened, departed, home[k]), riders)
        weight, volume, _ = world.size[[v.i for v in riders]].sum(axis=0)
        over = opened + int(plan.fleet_hold_us[number])
        if weight == plan.fleet_weight_g[number] or volume == plan.fleet_volume_cm3[number]:
            yield "truck leaves exactly full"
        else:
            yield (
                "truck leaves as its hold runs out"
                if departed >= over
                else "truck leaves as next does not fit"
            )
        if opened < departed == over and any(v.arrival == over for v in riders):
            yield "arrives as the hold runs out and is loaded"
        if opened < departed == over and any(
            v.arrival == over and v.departure_index == k + 1 for v in visits
        ):
            yield "arrives as the hold runs out and has no room"
        if any(v.arrival < opened for v in riders):
            yield "waits for a truck"
        if opened in home[:k]:
            yield "loads as it comes home"
        if k and opened < home[k - 1]:
            yield "trips overlap"
        if k and departed == trips.departure_us[k - 1]:
            yield "two trucks leave at once"
        if home[k] in home[:k] and home[k] < plan.end_us:
            yield "two trucks home at once"
