"""The benchmarks, one small file each: data and a function from a row to a seed. A new one is a new file."""
