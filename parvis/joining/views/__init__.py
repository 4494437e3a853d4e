"""The pages of joining: for shops that ask, for agents who call."""
