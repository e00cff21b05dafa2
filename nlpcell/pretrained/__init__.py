"""The models that ship, a folder each."""
