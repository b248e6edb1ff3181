"""The sentence that goes with every verdict: it covers chance, not the inputs."""

from __future__ import annotations

from fourport.cli.lines import said
from fourport.store import Run
from fourport.study.estimates_behind import chance_only


def chance_text(run: Run) -> str:
    """Format the sentence, with the estimates behind the costs and times of an answer."""
    manifest = run.manifest()
    return said(chance_only(manifest.get("estimates", {}), next(iter(manifest["policies"]))))
