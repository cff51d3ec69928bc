"""What flows, and the pipes it flows in."""
