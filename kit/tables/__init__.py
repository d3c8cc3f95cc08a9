"""The vocabulary, one file a table. `kit.table.TABLES` lists it."""
