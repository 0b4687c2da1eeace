"""What every capability of the domain uses: identifiers, errors and findings."""
