"""What several of the other packages need. Nothing here imports them."""
