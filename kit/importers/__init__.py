"""One file a importer; `kit.importer` says what one is and lists them."""
