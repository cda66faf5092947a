"""Programs in foreign forms (scripts, notebooks, functions with a call) brought into the unified form."""
