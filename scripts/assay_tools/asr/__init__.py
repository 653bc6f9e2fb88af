"""The tiny speech recogniser of the quick tier: its commands, voices, features, model, training and scores."""
