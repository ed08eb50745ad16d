; What counts wherever it stands. See treesitter.py for the names. What follows `__END__` is data.

(comment) @comment

(string_content) @literal
(heredoc_content) @literal
(escape_sequence) @literal
(simple_symbol) @literal
(character) @literal
(integer) @literal
(float) @literal
(rational) @literal
(complex) @literal
(uninterpreted) @literal
