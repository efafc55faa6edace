"""All SQL of conversations: `stream` for the message path, and a module for each other side of it."""
