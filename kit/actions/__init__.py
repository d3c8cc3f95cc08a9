"""One file a action; `kit.action` says what one is and lists them."""
