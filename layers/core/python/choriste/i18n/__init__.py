"""Texts for people, in French and in English; codes and parameters come from the other rooms."""
