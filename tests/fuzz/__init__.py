"""Whatever can be read is read or refused: properties of every reader, and what looks for inputs."""
