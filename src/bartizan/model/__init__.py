"""The vocabulary: frozen values that cross package borders. Standard library only."""
