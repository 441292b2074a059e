"""What is claimed about texts and names, claim by claim, through all that reads a mail but containers."""
