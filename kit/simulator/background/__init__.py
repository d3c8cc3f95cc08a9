"""Ordinary days: what the company's people and Microsoft's services do when nobody attacks."""
