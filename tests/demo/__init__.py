"""The demo knowledge base: a rebuilt public history, and notes about its changes."""
