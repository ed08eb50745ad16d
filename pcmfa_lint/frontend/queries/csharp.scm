; What counts wherever it stands in a C# file. See read/treesitter.py for the captures.

(comment) @comment

(string_literal) @literal
(verbatim_string_literal) @literal
(raw_string_literal) @literal
(character_literal) @literal
(integer_literal) @literal
(real_literal) @literal
(interpolated_string_expression) @template
(string_content) @literal
(preproc_arg) @literal
(interpolation_format_clause) @literal
