"""One file a source; `kit.source` says what one is and lists them."""
