"""Training of the local model in JAX; nothing here is needed to run it."""

from importlib.util import find_spec


class TrainingUnavailable(Exception):
    """The packages that training needs are not installed; the message is one sentence."""


def require_training() -> None:
    """Raise `TrainingUnavailable` unless the packages of the extra `train` are there."""
    missing = [name for name in ("jax", "onnx", "optax") if find_spec(name) is None]
    if missing:
        raise TrainingUnavailable(
            f"Training needs {' and '.join(missing)}, not installed here; run make install, "
            "or install the package with its extra, evigraph[train]."
        )
