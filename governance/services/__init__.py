"""What a person does, one function each; no request, no cookie, no commit."""
