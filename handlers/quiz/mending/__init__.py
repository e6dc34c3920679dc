"""A question that was wrong, after papers were marked with it: who would change, two people's word, everything anew."""
