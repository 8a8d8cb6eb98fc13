"""Figures that leave for other tools: a Data Package in CSV or Parquet, the SCDL table of subventions."""
