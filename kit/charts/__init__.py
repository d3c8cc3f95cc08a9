"""One file a chart; `kit.chart` says what one is and lists them."""
