"""Levers of customs policy. Each is one file with a typed section and the change that it makes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fourport.scenario.levers.advance_declaration import AdvanceDeclaration
from fourport.scenario.levers.bonded_transit import BondedTransit
from fourport.scenario.levers.conditional_release import ConditionalRelease
from fourport.scenario.levers.direct_handling import DirectHandling
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.extra_departures import ExtraDepartures
from fourport.scenario.levers.information_exchange import InformationExchange
from fourport.scenario.levers.joint_enforcement import JointEnforcement
from fourport.scenario.levers.more_capacity import MoreCapacity
from fourport.scenario.levers.more_servers import MoreServers
from fourport.scenario.levers.more_services import MoreServices
from fourport.scenario.levers.mutual_recognition import MutualRecognition
from fourport.scenario.levers.other_timetable import OtherTimetable
from fourport.scenario.levers.risk_selection import RiskSelection
from fourport.scenario.levers.scan_first import ScanFirst
from fourport.scenario.levers.single_declaration import SingleDeclaration
from fourport.scenario.levers.trader_classes import TraderClasses
from fourport.scenario.levers.two_step_declaration import TwoStepDeclaration
from fourport.scenario.levers.whole_truck import WholeTruck
from fourport.scenario.levers.working_hours import WorkingHours

AnyLever = Annotated[
    AdvanceDeclaration
    | BondedTransit
    | ConditionalRelease
    | DirectHandling
    | ExtraDepartures
    | InformationExchange
    | JointEnforcement
    | MoreCapacity
    | MoreServers
    | MoreServices
    | MutualRecognition
    | OtherTimetable
    | RiskSelection
    | ScanFirst
    | SingleDeclaration
    | TraderClasses
    | TwoStepDeclaration
    | WholeTruck
    | WorkingHours,
    Field(discriminator="kind"),
]

__all__ = ["AnyLever", "Draft"]
