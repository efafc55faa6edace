"""All SQL of identity, one module per group of tables."""
