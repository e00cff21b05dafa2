"""From examples to a trained bundle, in torch: one trainer for every network."""
