"""File exchange with partners: who takes part, what they drop, and what they are sent."""
