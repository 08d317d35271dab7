"""The graph: its model, its two stores, the query catalogue and the ontology."""
