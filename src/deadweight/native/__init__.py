"""Native libraries: what an ELF file is made of, and what it can go without."""
