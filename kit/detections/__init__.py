"""One file a detection; `kit.detection` says what one is and lists them."""
