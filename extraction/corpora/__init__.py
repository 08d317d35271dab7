"""Annotated corpora, as published, read into one form to train on and to measure with."""

from extraction.corpora.annotated import AnnotatedEntity, AnnotatedRelation, AnnotatedText, UnreadableCorpus
from extraction.corpora.folder import read_part, read_test_part

__all__ = [
    "AnnotatedEntity",
    "AnnotatedRelation",
    "AnnotatedText",
    "UnreadableCorpus",
    "read_part",
    "read_test_part",
]
