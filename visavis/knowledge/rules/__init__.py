"""The decisions of knowledge, without I/O: the words of a text, the search index, an entry's life."""
