"""Routes with steps that do not fit each other are refused at the wrong step."""

from __future__ import annotations

import pytest

from tests.scenario.bending import Bend, Case, complaints

LOAD = '{ at = "port", do = "load" }'
SHARES = 'routes = { by-truck = "50 %", by-van = "50 %" }'


def aiming(more: str, route: str = "by-van") -> tuple[str, str]:
    """Give the bend that lets shippers of a route aim at a cut-off."""
    aim = f'share = "50 %", lead = "6 h", spare = "1 h"{more}'
    return SHARES, f"{SHARES}\naims_at_cut_off.{route} = {{ {aim} }}"


JOURNEYS = {
    "planned departure of no service": Case(
        ('title = "By van"', 'title = "By van"\nplanned_departure = "van"'),
        "planned_departure",
        "routes.by-van.planned_departure",
        ("'van' is no scheduled service of the route; allowed: ferry",),
    ),
    "aiming at the cut-off of a service that is not there": Case(
        aiming(', service = "fery"'),
        "aims_at_cut_off",
        "lanes.east.aims_at_cut_off.by-van.service",
        ("'fery'", "did you mean 'ferry'?"),
    ),
    "aiming at a cut-off by road": Case(
        (
            *aiming(""),
            '  { at = "port", do = "export" },\n  { by = "ferry" },\n  { by = "van" },\n',
            '  { by = "through" },\n',
            "[trucking.van]",
            '[trucking.through]\nmode = "road"\nfrom = "port"\nto = "town"\ndistance = "9 km"\n'
            'duration = "2 h"\n\n[trucking.van]',
        ),
        "aims_at_cut_off",
        "lanes.east.aims_at_cut_off.by-van",
        ("the route has no scheduled service at whose cut-off shippers could aim; allowed: leave it out",),
    ),
    "aiming at the cut-off of a service elsewhere": Case(
        (
            *aiming(', service = "other"'),
            "[fleets.truck]",
            '[services.other]\nmode = "sea"\nfrom = "port"\nto = "quay"\ndistance = "9 km"\ncut_off = "1 h"\n'
            'timetable = [{ days = "Tue", departs = "19:00", duration = "14 h" }]\n'
            'capacity = { weight = "9 t" }\n\n[fleets.truck]',
        ),
        "aims_at_cut_off",
        "lanes.east.aims_at_cut_off.by-van.service",
        ("'other' is no scheduled service of the route; allowed: ferry",),
    ),
    "aiming on a route of another lane": Case(
        (SHARES, aiming("")[1].replace(SHARES, 'routes = { by-truck = "100 %" }')),
        "aims_at_cut_off",
        "lanes.east.aims_at_cut_off.by-van",
        ("'by-van' is no route of the lane; allowed: by-truck",),
    ),
    "steps that do not connect": Case(
        ('{ by = "van" }', '{ at = "port", do = "load" }, { by = "van" }'),
        '{ at = "port", do = "load" }, { by = "van" }',
        "routes.by-van.steps[2]",
        ("is at 'port'", "the goods are at 'quay'", "allowed: a step at 'quay'"),
    ),
    "route that starts elsewhere": Case(
        (
            'freight_from = "port"\nfreight_to = "quay"\n',
            "",
            '  { at = "port", do = "load" },\n  { at = "port", do = "export" },\n'
            '  { by = "ferry", space = "block" },\n',
            "",
        ),
        "routes = { by-truck",
        "lanes.east.routes.by-truck",
        ("the route starts at 'quay', the lane at 'port'",),
    ),
    "route that ends elsewhere": Case(
        ('  { by = "truck" },\n', ""),
        "routes = { by-truck",
        "lanes.east.routes.by-truck",
        ("the route ends at 'quay', the lane at 'town'",),
    ),
    "freight from off the route": Case(
        (
            'title = "By van"',
            'title = "By van"\nfreight_from = "inland"',
            "[services.ferry]",
            '[facilities.inland]\ntitle = "I"\nkind = "airport"\nzone = "UTC"\n'
            'latitude = "1 N"\nlongitude = "1 E"\n[services.ferry]',
        ),
        'freight_from = "inland"',
        "routes.by-van.freight_from",
        ("'inland' is not on the route", "allowed: port, quay, town"),
    ),
    "freight in the wrong order": Case(
        ('freight_from = "port"\nfreight_to = "quay"', 'freight_from = "quay"\nfreight_to = "port"'),
        "freight_to",
        "routes.by-truck.freight_to",
        ("the route does not arrive at 'port' after 'quay'", "allowed: freight_to at town"),
    ),
    "freight of nothing": Case(
        ('freight_from = "port"\nfreight_to = "quay"', 'freight_from = "quay"\nfreight_to = "quay"'),
        "freight_to",
        "routes.by-truck.freight_to",
        ("the route does not arrive at 'quay' after 'quay'", "allowed: freight_to at town"),
    ),
    "freight to where the route begins": Case(
        ('freight_from = "port"\nfreight_to = "quay"', 'freight_to = "port"'),
        "freight_to",
        "routes.by-truck.freight_to",
        ("the route does not arrive at 'port' after 'port'", "allowed: freight_to at quay, town"),
    ),
    "freight from where the route ends": Case(
        ('freight_from = "port"\nfreight_to = "quay"', 'freight_from = "town"'),
        "freight_from",
        "routes.by-truck.freight_from",
        ("the route does not arrive at 'town' after 'town'", "freight_from at a place that a leg leaves"),
    ),
    "block space that is not there": Case(
        ('block_space = { containers = "4 TEU" }\n', ""),
        'space = "block"',
        "routes.by-truck.steps[2].space",
        ("'ferry' has no block_space", 'space = "free"'),
    ),
    "block space of a truck": Case(
        ('{ by = "truck" }', '{ by = "truck", space = "block" }'),
        'truck", space',
        "routes.by-truck.steps[4].space",
        ("'truck' is no scheduled service",),
    ),
    "several legs of which one is no service": Case(
        ('{ by = "ferry", space = "block" }', '{ by = ["ferry", "truck"] }'),
        '["ferry", "truck"]',
        "routes.by-truck.steps[2].by[1]",
        ("'truck' is no scheduled service; allowed: one leg, or several services",),
    ),
    "services between other places": Case(
        (
            '{ by = "ferry", space = "block" }',
            '{ by = ["ferry", "back"] }',
            "[fleets.truck]",
            '[services.back]\nmode = "sea"\nfrom = "quay"\nto = "port"\ndistance = "1 km"\ncut_off = "1 h"\n'
            'capacity = { weight = "900 t" }\n'
            'timetable = [{ days = "daily", departs = "08:00", duration = "9 h" }]\n[fleets.truck]',
        ),
        '["ferry", "back"]',
        "routes.by-truck.steps[2].by[1]",
        ("'back' goes from 'quay' to 'port', 'ferry' from 'port' to 'quay'", "between the same places"),
    ),
    "one service twice": Case(
        ('{ by = "ferry", space = "block" }', '{ by = ["ferry", "ferry"] }'),
        '["ferry", "ferry"]',
        "routes.by-truck.steps[2].by[1]",
        ("'ferry' is named twice",),
    ),
    "a choice of one": Case(
        ('{ by = "truck" }', '{ by = "truck", choose = "next" }'),
        'choose = "next"',
        "routes.by-truck.steps[4]",
        ("choose and within need several services",),
    ),
    "an order without its time": Case(
        ('{ by = "ferry", space = "block" }', '{ by = ["ferry", "van"], choose = "in-order" }'),
        "in-order",
        "routes.by-truck.steps[2]",
        ('choose = "in-order" needs within; allowed: such as within = "2 d"',),
    ),
    "lodged before arrival of nothing": Case(
        (
            'procedure = "export"',
            'procedure = "export"\npre_arrival = "50 %"',
            LOAD + ",",
            "",
            '{ at = "port", do = "export" },\n  { by = "ferry" },',
            '{ by = "ferry" },',
        ),
        '{ at = "port", do = "export" }',
        "routes.by-truck.steps[0]",
        ("'export' has pre_arrival above 0 %", "no step before brings the goods"),
    ),
    "a manifest of nothing": Case(
        (
            'procedure = "export"',
            'procedure = "export"\nmanifest = "3 h"',
            LOAD + ",",
            "",
            '{ at = "port", do = "export" },\n  { by = "ferry" },',
            '{ by = "ferry" },',
        ),
        '{ at = "port", do = "export" }',
        "routes.by-truck.steps[0]",
        ("'export' has a manifest, but no step before brings the goods", "allowed: manifest only where"),
    ),
    "more steps than any journey": Case(
        (LOAD + ",", (LOAD + ",\n  ") * 501),
        "steps = [",
        "routes.by-truck.steps",
        (" steps; allowed: up to 500 steps",),
    ),
}


@pytest.mark.parametrize("case", JOURNEYS.values(), ids=JOURNEYS.keys())
def test_journey_that_does_not_hang_together(case: Case, bend: Bend) -> None:
    """Tests that a broken journey is refused at the step or the share of the lane that breaks it."""
    case.check(bend)


def test_a_slip_in_a_leg_is_told_where_the_goods_go_on(bend: Bend) -> None:
    """Tests that a ferry to the wrong place is told once in each route, at the next step."""
    found = complaints(bend('to = "quay"\ndistance = "220 nmi"', 'to = "town"\ndistance = "220 nmi"'))
    assert [line.split(": ")[1] for line in found] == ["routes.by-truck.steps[3]", "routes.by-van.steps[2]"]
    assert "is at 'quay', but the goods are at 'town' after the step before" in found[0]
    assert "'van' leaves from 'quay', but the goods are at 'town'" in found[1]


def test_a_faulty_service_is_still_what_a_route_plans_for(bend: Bend) -> None:
    """Tests that a fault within a service is told alone, not again at the route that plans for it."""
    found = complaints(
        bend(
            'cut_off = "6 h"',
            'cut_off = "six"',
            'title = "By van"',
            'title = "By van"\nplanned_departure = "ferry"',
        )
    )
    assert [line.split(": ")[1] for line in found] == ["services.ferry.cut_off"]
