"""An ONNX graph under construction; numpy and onnx are all it needs."""

from typing import Any

import numpy as np
from onnx import helper, numpy_helper


class Nodes:
    """Nodes and constants so far; a node's name is its output's."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: np.ndarray) -> str:
        """Add a constant, and give its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, *inputs: str, name: str, **attributes: Any) -> str:
        """Add an operator of one output, and give the output's name."""
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name


def to_int8(value: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Symmetric int8 codes and float32 scales, the largest magnitude along `axis` being 127."""
    largest = np.abs(value).max(axis=axis, keepdims=True)
    scale = (np.where(largest > 0, largest, 1.0) / 127).astype(np.float32)
    return np.rint(value / scale).astype(np.int8), scale
