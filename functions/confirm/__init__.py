"""The function `confirm`: gives the seats of each service date in the order of approval, and takes them back."""
