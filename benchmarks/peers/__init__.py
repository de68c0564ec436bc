"""Our server beside others that serve the same model: one run, one machine, one table."""
