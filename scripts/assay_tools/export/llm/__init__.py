"""Language models: read from a Hugging Face folder or a GGUF file, quantized, and lowered for XNNPACK."""
