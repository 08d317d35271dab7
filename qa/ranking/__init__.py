"""Which passages hold the evidence: full text, vectors, and walks over the names that passages share.

`rank` is the way in: `pool` gathers candidates by catalogue queries, `passage_features` and `link_features` describe
them, `walk` scores chains of passages with weights that `scripts/fit_ranking.py` fitted.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
