"""An independent verifier of sealed-ballot election records (protocol.md, version 1).

Standard library alone. It shares no code with the system that makes the records: it was written from the
contract (docs/protocol.md), the laws of counting (docs/counting.md) and the public RFCs.

Where to begin reading: `checks.verify` runs the checks in the order of protocol.md section 15.
"""
