"""The parts of the networks, in torch. They remember nothing between calls."""
