"""From examples to a trained bundle, in torch: one trainer for every network."""

import os

# The arrays of a long sequence come and go with each step, and every page must be cleared first.
# With pages of 2 MB, not 4 KB, a step of `compare memory --lag 20000` is done in half the time or
# less. torch reads this at its first tensor.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
