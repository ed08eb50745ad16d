; What counts wherever it stands in a Java file. See read/treesitter.py for the captures.

[(line_comment) (block_comment)] @comment

(string_literal) @literal
(character_literal) @literal
(decimal_integer_literal) @literal
(hex_integer_literal) @literal
(octal_integer_literal) @literal
(binary_integer_literal) @literal
(decimal_floating_point_literal) @literal
(hex_floating_point_literal) @literal
