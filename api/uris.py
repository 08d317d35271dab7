"""Documents' URIs: `file://` for files, `upload:NAME` for what came over HTTP."""

from urllib.parse import quote, unquote, urlsplit


def upload_uri(name: str) -> str:
    """The URI of an uploaded document; the same name is the same document."""
    return "upload:" + quote(name)


def file_name(uri: str) -> str:
    """The file name in a document's URI, as people write it."""
    return unquote(urlsplit(uri).path).rpartition("/")[2]
