"""The inventory: one entry for every integration of an estate, and what follows from it."""
