"""All detectors load from one folder and look at the same node."""

from __future__ import annotations

import json
from pathlib import Path

from bartizan.detect import phrases, signatures
from bartizan.detect.base import load
from bartizan.model.message import Node


def test_load(tmp_path: Path) -> None:
    """A bundle's folder is all that is needed."""
    (tmp_path / "attachments.json").write_text(json.dumps({"block": ["vbs"], "report": []}))
    (tmp_path / "list.txt").write_text("secret recipe\n")
    phrases.build([tmp_path / "list.txt"], tmp_path / "phrases.bin")
    (tmp_path / "a.yar").write_text("rule always { condition: true }")
    signatures.compile([tmp_path / "a.yar"], tmp_path / "signatures.yac", skip_broken=False)
    node = Node("2/a.zip!/a.vbs", ("a.vbs",), "", "vbs", 13, "")
    found = [finding.name for detector in load(str(tmp_path)) for finding in detector.look(node, b"secret recipe")]
    assert found == ["block:vbs", "secret recipe", "always"]
