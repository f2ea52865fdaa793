"""Graphs of ONNX made, rewritten and quantised."""
