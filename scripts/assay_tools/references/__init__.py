"""What other runtimes make of a model: goldens, and the scores of .pte files against them."""
