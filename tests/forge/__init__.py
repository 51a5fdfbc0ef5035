"""The forger: whole election records, good and forged, so that every row of protocol.md, section 15, is a test.

`plan` says what election is made, `election` makes it without checking anything, `forgery` is one change of one base,
`catalogue` is all of them. Nothing here uses `governance.board.judge` or `verify`: the maker can make wrong things.
"""
