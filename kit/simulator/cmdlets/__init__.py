"""The Exchange cmdlets of the simulated tenant: one file a family, listed by being here."""
