"""Pickles, walked opcode by opcode: nothing is imported, nothing called."""
