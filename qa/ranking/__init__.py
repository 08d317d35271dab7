"""Which passages hold the evidence: full text, vectors, and walks over the names that passages share.

`rank` is the way in: `pool` gathers candidates by catalogue queries, `features` describe them, `walk` scores chains of
passages with weights that `scripts/fit_ranking.py` fitted.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int_]
