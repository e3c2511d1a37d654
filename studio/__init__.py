"""CIM Studio: from an ONNX model to a compute-in-memory chip."""

__version__ = "0.1.0"
