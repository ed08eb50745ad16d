; What counts wherever it stands. See treesitter.py for the names. What stands outside of `<?php … ?>` is like a literal.

(comment) @comment

(text) @literal
(string) @literal
(string_content) @literal
(escape_sequence) @literal
(nowdoc_string) @literal
(integer) @literal
(float) @literal
