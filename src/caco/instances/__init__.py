"""Fresh inputs: bounds, exact arithmetic, perturbation, draws."""
