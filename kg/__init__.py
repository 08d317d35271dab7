"""The graph: its model, its two stores, the query catalogue and the ontology."""

import os

# Before numpy is loaded: OpenBLAS's threads otherwise spin for some 30 ms after each scan of the vectors, which takes a
# core from whoever asks next and finds nothing sooner.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
