"""Talk about talking: danger, greetings, ways out, what we keep, and not having understood."""
