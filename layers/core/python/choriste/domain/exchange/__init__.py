"""File exchange with partners (EDI): their application codes, the names of flows, what was sent to whom."""
