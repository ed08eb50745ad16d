; What counts wherever it stands in a Go file. See frontend/treesitter.py for the captures.

(comment) @comment

(interpreted_string_literal) @literal
(raw_string_literal) @literal
(rune_literal) @literal
(int_literal) @literal
(float_literal) @literal
(imaginary_literal) @literal
