"""The decisions of the assistant, without I/O: intent, topic and need, what to answer, how to sum
up.
"""
