; What counts wherever it stands. See treesitter.py for the names. One file for the grammars of JavaScript, TypeScript
; and TSX: there are no types in it that only one of them has.

(comment) @comment
(html_comment) @comment
(hash_bang_line) @comment

(string) @literal
(string_fragment) @literal
(escape_sequence) @literal
(number) @literal
(regex) @literal
(jsx_text) @literal
