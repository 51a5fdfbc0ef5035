"""The officer's commands."""
