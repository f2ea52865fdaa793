"""One file a form of lock: `LOCK_READER: LockReader`."""
