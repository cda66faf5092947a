"""What is the same: duplicates among many rows, and items of benchmarks."""
