"""All SQL of custody, one module per group of tables."""
