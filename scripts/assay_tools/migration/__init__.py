"""Pieces of scripts/migration_check.py, which runs a model in llama.cpp and in assay. Nothing here is run by hand."""
