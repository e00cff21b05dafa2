"""From examples to a trained bundle, in torch: one trainer for every network."""

import os

# The arrays of a long sequence come and go with each step, and every page must be cleared first.
# With pages of 2 MB, not 4 KB, a step of `compare memory --lag 20000` is done in half the time or
# less. torch reads this at its first tensor.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")

# oneDNN makes a kernel for every shape of a batch, and a translator's batches have hundreds of
# shapes. Of its own accord it keeps the last 1,024 kernels, those of some twenty shapes, and makes
# the others again and again: with all of them kept training is an eighth faster.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "100000")
