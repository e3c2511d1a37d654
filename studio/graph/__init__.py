"""ONNX files in, a checked Network out."""
