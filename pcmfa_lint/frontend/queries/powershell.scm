; What counts wherever it stands in a PowerShell file. See read/treesitter.py for the captures.

(comment) @comment

(verbatim_string_characters) @literal
(verbatim_here_string_characters) @literal
(expandable_string_literal) @template
(expandable_here_string_literal) @template

(generic_token) @literal
(path_command_name_token) @literal
(stop_parsing) @literal
(verbatim_command_argument) @literal
(decimal_integer_literal) @literal
(hexadecimal_integer_literal) @literal
(real_literal) @literal
(switch_clause_condition) @template

(command_name) @word
(command_parameter) @word
(function_name) @word
(label) @word
(braced_variable) @word
