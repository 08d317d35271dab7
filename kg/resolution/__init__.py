"""Entity resolution across documents: which names denote one entity, by a scored rule that can be read.

`names` compares two names, `rule` scores two entities, `cluster` joins what the rule accepts, `resolve` does so for
what an ingest touched, `rearrange` makes the graph so. Merges are kept as records (`kg.merges`), so each can be
explained and undone.
"""
