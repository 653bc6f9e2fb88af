"""The tools around assay: export, goldens and data, validation, migration. The scripts beside this folder start them."""
