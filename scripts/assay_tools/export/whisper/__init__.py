"""Exporting Whisper encoders and the log-mel front end before them."""
