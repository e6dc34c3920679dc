"""The same paper on paper, in editions A, B and C; and its answers typed in, counted like all others."""
