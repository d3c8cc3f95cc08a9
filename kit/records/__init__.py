"""One file a record; `kit.record` says what one is and lists them."""
