"""One module per topic of school mathematics. `inference.rules.solver` holds the list of them."""
