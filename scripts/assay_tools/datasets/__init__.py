"""What the committed data is made of: clips, texts, tiny models, test programs, and the manifest of them all."""
