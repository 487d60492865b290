"""What runs a function inside its own process, and what is said between that process and the embedded AWS."""
