"""A store of model versions that share tensors: content-addressed, in an OCI layout."""
