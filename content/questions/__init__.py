"""The bank of questions as staff keep it: files in and out, what is wrong with them, imports that can be undone."""
