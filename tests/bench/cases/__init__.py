"""One file for each thing that is measured: `run(context)` returns a `Section`."""
