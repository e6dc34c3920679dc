"""What staff of campaigns work with: a campaign out of a form, its figures while it runs, what is made of it."""
