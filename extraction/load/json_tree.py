"""JSON: an array of flat objects is a table of records; anything else is an outline."""

from collections.abc import Mapping
from typing import Any

from extraction.load.composer import Composer
from extraction.load.encoding import decode
from extraction.load.records import flatten, parse_json, written
from extraction.load.source import Content, Source

_DEEPEST_HEADING = 6
_TITLE_KEYS = ("title", "name", "heading", "label")
_BODY_KEYS = ("text", "content", "body", "description")
_LONG_LIST_CHARS = 200


def load(source: Source) -> Content:
    """Reads a .json file. Raises UnreadableDocument if it is not text or not JSON."""
    text, warnings = decode(source)
    outline = _Outline()
    for warning in warnings:
        outline.composer.warn(warning)
    try:
        outline.value(parse_json(text), 1)
    except RecursionError as error:
        raise source.refusal("is nested too deeply; flatten it.") from error
    except ValueError as error:
        raise source.refusal(
            f"is not valid JSON ({error}); mend it, or name it .jsonl if each line is an object."
        ) from error
    return outline.composer.content()


class _Outline:
    """Writes nested objects as headings and paragraphs."""

    def __init__(self) -> None:
        self.composer = Composer()

    def value(self, value: Any, level: int, depth: int = 0, name: str = "Item") -> None:
        """Writes any JSON value.

        `level` is that of the next heading, `depth` that of list items; `name` is what an item of
        a list is called that needs a heading and has none of its own.
        """
        if isinstance(value, dict):
            self._object(value, level, depth)
        elif isinstance(value, list) and _are_records(value):
            for item in value:
                self.composer.add_row("record", flatten(item, ""))
        elif isinstance(value, list):
            for number, item in enumerate(value, start=1):
                own = not _needs_heading(item)
                if not own:
                    self.composer.add("heading", f"{name} {number}", min(level, _DEEPEST_HEADING))
                self.value(item, level if own else level + 1, depth, name)
        else:
            self._text(written(value), depth)

    def _object(self, node: Mapping[str, Any], level: int, depth: int) -> None:
        scalars = {key: written(value) for key, value in node.items() if not isinstance(value, dict | list)}
        heading, used = _heading(node, scalars)
        if heading:
            self.composer.add("heading", heading, min(level, _DEEPEST_HEADING))
            level, depth = level + 1, 0
        for key, value in scalars.items():
            if key in _BODY_KEYS:
                number = "" if heading else _marker(scalars.get("number", ""))
                self._text(number + value, depth)
            elif key not in used and value:
                self._text(f"{_spoken(key)}: {value}", depth)
        # Nested values come last, lest their headings seem to govern this object's own text.
        for key, value in node.items():
            if isinstance(value, dict | list):
                self._nested(node, key, value, level, 0 if heading or not scalars else depth + 1)

    def _nested(self, parent: Mapping[str, Any], key: str, value: Any, level: int, depth: int) -> None:
        items = list(value.values()) if isinstance(value, dict) and _are_nodes(value) else value
        if isinstance(items, list) and all(not isinstance(item, dict | list) for item in items):
            strings = [text for text in map(written, items) if text]
            if sum(map(len, strings)) <= _LONG_LIST_CHARS:
                if strings:
                    self._text(f"{_spoken(key)}: {', '.join(strings)}", 0)
                return
        if not items:
            return
        if not _is_mere_wrapper(parent, items):
            self.composer.add("heading", _spoken(key), min(level, _DEEPEST_HEADING))
            level, depth = level + 1, 0
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            depth = max(depth, 1)
        self.value(items, level, depth, _spoken(key))

    def _text(self, text: str, depth: int) -> None:
        self.composer.add("list_item" if depth else "paragraph", text, depth)


def _heading(node: Mapping[str, Any], scalars: Mapping[str, str]) -> tuple[str, set[str]]:
    """The heading of an object ("Article 33 Notification of ..."), "" if none, and the keys it stands for.

    An object without a title is headed by its type and number if it holds others and no text of its
    own; a numbered text is none, as its number is written before the text.
    """
    title_key = next((key for key in _TITLE_KEYS if scalars.get(key)), "")
    title, number, kind = (scalars.get(key, "") for key in (title_key, "number", "type"))
    has_text = any(scalars.get(key) for key in _BODY_KEYS)
    if title or (kind and number and not has_text and len(scalars) < len(node)):
        parts = (kind.capitalize() if number else "", number, title)
        return " ".join(filter(None, parts)), {title_key, "number"} | ({"type"} if number else set())
    return "", {"number", "type"} if has_text else set()


def _marker(number: str) -> str:
    """How a numbered text begins: "1. " or, for letters, "(a) "."""
    if not number:
        return ""
    return f"({number}) " if number.isalpha() else f"{number.rstrip('.')}. "


def _spoken(key: str) -> str:
    words = " ".join(key.replace("_", " ").split())
    return words[:1].upper() + words[1:]


def _are_records(items: list[Any]) -> bool:
    """Whether a list holds flat objects that are rows of data rather than numbered texts."""
    return bool(items) and all(
        isinstance(item, dict) and not _is_node(item) and all(map(_is_flat, item.values())) for item in items
    )


def _is_flat(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(item, dict | list) for item in value)
    return not isinstance(value, dict)


def _is_node(value: Any) -> bool:
    """Whether an object is part of a written document: it has a type and a number, title or text."""
    return (
        isinstance(value, dict)
        and "type" in value
        and any(key in value for key in ("number", *_TITLE_KEYS, *_BODY_KEYS))
    )


def _are_nodes(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(map(_is_node, value.values()))


def _is_mere_wrapper(parent: Mapping[str, Any], items: Any) -> bool:
    """Whether a key such as "contents" only holds parts that speak for themselves, and is no heading."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return False
    titled = not _are_records(items) and all(
        _needs_heading(item) or any(item.get(key) for key in _TITLE_KEYS) for item in items
    )
    return titled or (_is_node(parent) and all(map(_is_node, items)))


def _needs_heading(item: Any) -> bool:
    """Whether an item of a list holds more than plain data and has no title to be headed by.

    Without a heading its data would seem to belong under the last heading of the item before it.
    """
    return (
        isinstance(item, dict)
        and not _is_node(item)
        and not all(map(_is_flat, item.values()))
        and not any(item.get(key) for key in _TITLE_KEYS)
    )
