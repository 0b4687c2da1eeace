"""Technology behind the ports, one package per technology; adapters never call one another's packages."""
