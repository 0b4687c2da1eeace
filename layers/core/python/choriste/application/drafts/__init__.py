"""The use cases of drafts: begin, change, deposit, reissue."""
