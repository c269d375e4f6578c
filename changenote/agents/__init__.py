"""Notes for coding agents: a server of the Model Context Protocol.

Its tools are commands of this program. Only `server` knows the protocol's library, which is large
and an optional extra.
"""
