"""Benches: Trellis beside the limit or a peer, in the same rounds."""
