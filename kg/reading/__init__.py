"""An analyst's own Cypher: checked by its tokens, run by a child process that can only read, with limits."""
