"""Colours that can be told apart, written #RRGGBB."""

import colorsys
from collections.abc import Iterable
from functools import cache
from itertools import product
from math import dist

type _Triple = tuple[float, float, float]

_HUES = [step / 24 for step in range(24)]
_LIGHTNESS = (0.38, 0.52, 0.66, 0.78)
_SATURATION = (0.35, 0.6)


def distinct_colours(count: int, taken: Iterable[str]) -> list[str]:
    """So many colours, each the one of 192 that is farthest, as people see it, from those before it and those taken."""
    choice = ("#" + _hex(colorsys.hls_to_rgb(*item)) for item in product(_HUES, _LIGHTNESS, _SATURATION))
    nearest = {colour: min((_distance(colour, other) for other in taken), default=1.0) for colour in choice}
    chosen: list[str] = []
    for _ in range(count):
        colour = max(nearest, key=lambda item: nearest[item])
        chosen.append(colour)
        nearest = {item: min(near, _distance(item, colour)) for item, near in nearest.items()}
    return chosen


def darker(colour: str) -> str:
    """A colour for the border of a shape."""
    red, green, blue = (part * 0.8 for part in _parts(colour))
    return "#" + _hex((red, green, blue))


def ink(colour: str) -> str:
    """Black or white, whichever can be read better on a colour: one of them always contrasts by 4.5 or more."""
    return max(("#000000", "#FFFFFF"), key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    low, high = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in map(_linear, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _distance(one: str, other: str) -> float:
    return dist(_oklab(one), _oklab(other))


@cache
def _oklab(colour: str) -> _Triple:
    """Lightness and two colour axes in which distances are as people see them (https://bottosson.github.io/posts/oklab)."""
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _linear(colour: str) -> _Triple:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return red, green, blue


def _parts(colour: str) -> _Triple:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(parts: _Triple) -> str:
    return "".join(f"{round(part * 255):02X}" for part in parts)
