"""A board in software: CPU, bus, UART and array, in a process of its own."""
