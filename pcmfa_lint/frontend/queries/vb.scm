; What counts wherever it stands in Visual Basic. See treesitter.py for the captures.

(comment) @comment

(string_literal) @literal
(integer_literal) @literal
(floating_point_literal) @literal
