; What counts wherever it stands in a shell script. See treesitter.py for the captures.

(comment) @comment

(raw_string) @literal
(ansi_c_string) @literal
(heredoc_body) @template
(string) @template
(regex) @literal
(extglob_pattern) @literal
(number) @literal
(special_variable_name) @word

; Words that are values are hidden by what builds them; an option is shown if it is shaped like one.
(command argument: (word) @word)
(command argument: (concatenation) @word)
(command (command_name) @word)
(function_definition name: (word) @word)
