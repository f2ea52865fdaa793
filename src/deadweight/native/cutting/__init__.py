"""What of a shared library nothing leads to is found and cut out: functions, tables of kernels, their unwinding."""
