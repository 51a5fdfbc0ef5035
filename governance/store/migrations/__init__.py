"""How the tables came to be; run by `governance.store.schema`."""
