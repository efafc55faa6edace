"""The decisions of supervision, without I/O: views of a text, the compiled pack, guards, the
engine.
"""
