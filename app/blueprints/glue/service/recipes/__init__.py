"""Scripts that are written for a person, who sees them before they are stored."""
