"""Reference tokenizers, small vocabularies for tests, and the strings to compare them on."""
