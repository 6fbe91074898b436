"""What the cases share: processes, load, rounds, the report."""
