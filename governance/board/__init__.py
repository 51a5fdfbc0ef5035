"""The public record (docs/protocol.md, sections 1 and 13): its bytes, tree, order and checks."""
