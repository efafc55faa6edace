"""x"""
ROWS = {}
