; What counts wherever it stands in a Kotlin file. See read/treesitter.py for the captures.

[(line_comment) (block_comment) (shebang)] @comment

(string_literal) @template
(multiline_string_literal) @template
(string_content) @literal
(escape_sequence) @literal
(character_literal) @literal
(number_literal) @literal
(float_literal) @literal
