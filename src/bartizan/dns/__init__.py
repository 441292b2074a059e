"""Look-ups in the DNS with a cache, budgets and limits; a failure is never told as "does not exist"."""
