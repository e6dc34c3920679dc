"""The yearly law exam of public employees: who sits it, how often, what a pass is, what comes of it."""
