"""The pages, on Flask: shape in, one service called, a page out."""
