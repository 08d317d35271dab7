"""The version of the installed distribution, which every answer records."""

from importlib.metadata import PackageNotFoundError, version


def code_version() -> str:
    """The distribution's version, or `unreleased` in a checkout that is not installed."""
    try:
        return version("evigraph")
    except PackageNotFoundError:
        return "unreleased"
