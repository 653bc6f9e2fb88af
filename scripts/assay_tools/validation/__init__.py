"""Pieces of scripts/validate.py and scripts/validate_all_models.py. Standard library only; nothing here is run by hand."""
