"""The tools of those who must not trust the server: trustee, registrar, witness; files in, files out."""
