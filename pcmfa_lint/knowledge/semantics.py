"""The properties of a language that the analysis uses: it asks for them by name, never for the language itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preference:
    """The ways in which a script says what an uncaught error does: a variable for what follows, an argument for one
    call, and the values that end the run or throw the error away. `defaults`: a variable that holds arguments for later
    calls, by `command:argument`; `collects`: arguments that name a variable which gets the errors of a call; `worked`,
    `errors`, `exit_status`: variables that say after a call whether it worked, what errors there were, and the exit
    status of a program; `programs`: the variable by which the failure of a program is an error like any other; `last`:
    the error of the last call is that of the script."""

    variable: str = ""
    defaults: str = ""
    argument: tuple[str, ...] = ()
    collects: tuple[str, ...] = ()
    worked: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    exit_status: tuple[str, ...] = ()
    programs: str = ""
    last: bool = False
    stop: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    def tells(self, variable: str) -> bool:
        """Whether the language itself keeps in a variable, by its name in lower case, how the last call went."""
        return any(variable == name.casefold() for name in (*self.worked, *self.errors, *self.exit_status))


@dataclass(frozen=True, slots=True)
class LanguageSemantics:
    """The table `[semantics]` of a language's `language.toml`.

    Names
    ignore_case: they are compared without case. types_by_name: a type's name means that type wherever it is written;
    elsewhere a type is a value like any other. declarations: so does that of a function, several functions of one name
    are told apart by their arguments, and nothing replaces them at run time. untyped: the type of a value need not be
    written anywhere, so that its name alone may tell what it is. dynamic_scope: a function sees the variables of its
    callers, and a file what the one that includes it has set. own_names_for_functions: a variable may have the name of
    a function. commands_by_text: a text in the place of a function is the name of one.
    shared_toplevel: what a file declares at its top is known by its name in the other files.
    package_folders: folders in which the packages of one repository lie by custom, each named as it is imported.
    module_files: ends of the names of files that make one module of their folder, with one scope. exports: the
    variables that stand for a whole module, which is a value, to those who import it.

    Objects
    receiver: the word by which a method names its object. receiver_is_parameter: it is the first parameter instead.
    bare_members: the members of the object may be named without it. accessors: the member `x` may be written `getX()`
    and `setX(…)`, and the other way round. uniform_access: a method that needs no arguments is called where it is
    named, without parentheses. own_class: the member of an object that is its class. make: the method that a class
    makes its objects by. initializers: arguments by name that no constructor takes set members. through: types that
    only stand for what they are generic over: a task, an optional value. elements: names of the parts of a tuple or
    pair, with their positions. list_methods: lists have methods that run a function for each item. entry_methods:
    methods of a mapping that run a function for each of its entries, and in which order that gets `key` and `value`.
    enter: the methods of an object that say what a `with` over it gives.

    Running
    abbreviated_parameters: a parameter may be named by the beginning of its name. statements_leave_output: what nobody
    takes is part of what the function gives back. page: names that only code of a page uses, where an error that nobody
    waits for ends nothing. preference: what an uncaught error does.
    """

    ignore_case: bool = False
    types_by_name: bool = False
    declarations: bool = False
    untyped: bool = False
    dynamic_scope: bool = False
    own_names_for_functions: bool = False
    commands_by_text: bool = False
    shared_toplevel: bool = False
    package_folders: tuple[str, ...] = ()
    module_files: tuple[str, ...] = ()
    exports: tuple[str, ...] = ()
    receiver: str = ""
    receiver_is_parameter: bool = False
    bare_members: bool = False
    accessors: bool = False
    uniform_access: bool = False
    own_class: str = ""
    make: str = ""
    initializers: bool = False
    through: tuple[str, ...] = ()
    elements: dict[str, int] = field(default_factory=dict)
    list_methods: bool = False
    entry_methods: dict[str, tuple[str, ...]] = field(default_factory=dict)
    enter: tuple[str, ...] = ()
    abbreviated_parameters: bool = False
    statements_leave_output: bool = False
    page: tuple[str, ...] = ()
    preference: Preference = Preference()

    def contradictions(self) -> Iterator[str]:
        """Contradictions between the properties of one language, as sentences."""
        if self.receiver and self.receiver_is_parameter:
            yield '"receiver" is a word, or the first parameter, and not both'
        if self.declarations and not self.types_by_name:
            yield '"declarations" are also types: they want "types_by_name"'
        if self.declarations and self.exports:
            yield '"exports" are values, which "declarations" are not'
        if self.abbreviated_parameters and not self.ignore_case:
            yield '"abbreviated_parameters" want "ignore_case"'
