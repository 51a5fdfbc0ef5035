"""The rules of the organisation, pure: no clock, no database; `now` is an argument."""
