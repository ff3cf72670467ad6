"""How people name documents and clauses, and what they mean in a corpus."""
