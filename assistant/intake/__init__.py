"""A file from outside on its way into the corpus: named, read apart, filed or set aside, logged."""
