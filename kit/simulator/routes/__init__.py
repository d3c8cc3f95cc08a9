"""The routes of the simulated tenant: one file a family, listed by being here."""
