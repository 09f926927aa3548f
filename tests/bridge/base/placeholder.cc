// Replaced as the part lands.
