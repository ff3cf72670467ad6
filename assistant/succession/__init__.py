"""An official text takes its digest's place: clauses, rules and gold questions move by a mapping
that the program proposes, a person reviews and the program checks.
"""
