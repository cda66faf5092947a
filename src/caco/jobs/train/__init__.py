"""Training: rows of a run or a file in, a model's folder with its receipt, card and loss curve out."""
