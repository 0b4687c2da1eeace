"""The command line: `choriste local|validate|inspect|render|deposit`."""
