"""What is asked: the contract, its questions, its rules and its years. Plain frozen data, which knows no workbook."""
