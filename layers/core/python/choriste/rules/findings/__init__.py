"""From broken rules to findings: what each rule is about, its sentence, and the order to read them in."""
