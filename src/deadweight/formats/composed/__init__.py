"""A root file system put together of a tree and of single files of this host."""
