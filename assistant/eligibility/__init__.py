"""Who may get what: facts, benefits as rules, verdicts with a clause for every condition."""
