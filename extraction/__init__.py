"""The way of a document: load, split, tag, relate, resolve, write."""
