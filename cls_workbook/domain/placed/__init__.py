"""Where a contract acts: its communes, its QPV, and places of any other kind."""
