"""Where the shipped spaCy pipeline lies."""

from pathlib import Path

PIPELINE = Path(__file__).resolve().parents[1] / "models" / "local"
ENCODER = PIPELINE / "evigraph_entities" / "encoder.onnx"
