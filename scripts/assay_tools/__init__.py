"""The tools around assay: exporting models, making goldens and data, validating and migrating. Started by the scripts one folder up."""
