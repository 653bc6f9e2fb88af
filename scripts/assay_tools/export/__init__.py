"""Pieces of the export and golden-making scripts. Front ends are the scripts one folder up; nothing here is run directly."""
