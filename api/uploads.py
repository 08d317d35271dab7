"""Documents that come over HTTP, as a form with files or as JSON with text."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile

from api.uris import upload_uri
from extraction.load import SUFFIXES
from extraction.sources import Source

_MAX_NAME = 255


class TextDocument(BaseModel):
    """A document given as text; the suffix of its name tells the format."""

    model_config = ConfigDict(extra="forbid")

    name: str
    text: str
    corpus: str = Field(default="default", min_length=1)
    access: list[str] = []


@dataclass(frozen=True, slots=True)
class Upload:
    """What a request brings; `access` may be empty, for everyone."""

    sources: list[Source]
    corpus: str
    access: list[str]


#: For the OpenAPI description: the two ways to send documents.
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "corpus": {"type": "string"},
                    "access": {"type": "array", "items": {"type": "string"}},
                },
            }
        },
        "application/json": {"schema": TextDocument.model_json_schema()},
    },
}


async def read_upload(request: Request) -> Upload:
    """The documents in a request. Raises `HTTPException`, `RequestValidationError`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _from_json(await request.body())
    if kind == "multipart/form-data":
        return await _from_form(request)
    raise HTTPException(
        415, "Send documents as multipart/form-data with files, or as application/json with name and text."
    )


def _from_json(body: bytes) -> Upload:
    try:
        document = TextDocument.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        raise RequestValidationError([{**item, "loc": ("body", *item["loc"])} for item in found]) from error
    return Upload([_source(document.name, document.text.encode())], document.corpus, document.access)


async def _from_form(request: Request) -> Upload:
    async with request.form() as form:
        sources, corpus, access = [], "default", []
        for field, value in form.multi_items():
            if isinstance(value, UploadFile):
                sources.append(_source(value.filename or "", await value.read()))
            elif field == "corpus" and value:
                corpus = value
            elif field == "access" and value:
                access.append(value)
            else:
                raise HTTPException(
                    422, f"The form's field {field!r} is none of files, corpus and access, or is empty."
                )
    if not sources:
        raise HTTPException(422, "The form holds no file; send at least one as files.")
    return Upload(sources, corpus, access)


def _source(name: str, data: bytes) -> Source:
    if not name or len(name) > _MAX_NAME or not name.isprintable():
        raise HTTPException(422, f"A document's name is to have 1 to {_MAX_NAME} printable characters.")
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise HTTPException(415, f"{name} has no suffix of a kind that can be read; those are {', '.join(SUFFIXES)}.")
    return Source(upload_uri(name), name, data=data)
