"""What a contract answers to the noyau of its region."""
