"""All limits on what is read, built and followed, each with its name.

The scanned repository is hostile input, so nothing may grow without bound; and the same input must end at the same
place, so limits count bytes, nodes and steps, not seconds. (The time that a worker may take is the last resort, and
stands in `processes/limits.py`.) What lies beyond a limit is not known, and what is not known never makes a finding.
Where it could have made one, the report says so: in a note, or in the reason why a file was skipped or read partly. How
much a report shows is not a limit of this kind; it stands with the report.
"""

from __future__ import annotations

# --- Files ------------------------------------------------------------------------------------------------------------

SMALL_FILE_BYTES = 256_000  # of a file beside the code that are looked at: a manifest, CODEOWNERS
CONFIG_BYTES = 1_000_000  # of a configuration file
POLICY_BYTES = 50_000_000  # of a file that the base of a change decides by: a baseline may be large
HASHED_BYTES = 64_000_000  # of a file that is compared by its hash
SEARCHED_BYTES = 64_000_000  # of a file that is too large to be read: a larger one is not even searched
ANSWER_BYTES = 1_000_000_000  # of what a program answers
KEY_PARTS = 100  # dots in a key of TOML
PATH_TABLES = 200  # [[per-path]] tables in one configuration file
IGNORE_PATTERNS = 2_000  # in one ignore file
IGNORE_STARS = 2  # stars in one pattern that a backtracking engine may be given
SEVERAL_STARS_PATTERNS = 200  # with so many of them in one ignore file; of patterns with more stars …
WILD_IGNORE_PATTERNS = 100  # … at most so many …
WILD_IGNORE_CHARS = 100  # … that are not longer than that
IGNORED_PATH_CHARS = 500  # a longer path is never left out

# --- A sweep ----------------------------------------------------------------------------------------------------------

ARCHIVES = 200  # ZIP files of one repository that are opened
ARCHIVE_BYTES = 200_000_000  # of one ZIP file
ARCHIVE_INDEX_BYTES = 5_000_000  # of the list in a ZIP file
ARCHIVE_MEMBERS = 20_000  # of one ZIP file that are looked at
ARCHIVES_BYTES = 300_000_000  # that the ZIP files of one repository hold, unpacked
WORKBOOK_BYTES = 50_000_000  # of a workbook that is merged
WORKBOOK_PART_BYTES = 100_000_000  # of one part of it, unpacked
WORKBOOK_CELLS = 5_000_000  # of its sheet
JOINED_FILES = 3_000  # of plain folders that are followed together
ENDING_PARTS = 40  # folders at the end of a place by which repositories of one name are told apart
UNREAD_FILES = 2_000  # of one repository that were not read, in which Partner Center is looked for

# --- Which files are read ---------------------------------------------------------------------------------------------

SPREAD_FILES = 60  # that meet a gate of the prefilter only together
LONG_LINE_BYTES = 500  # of a line; people write up to some 200
LONG_LINES_SHARE = 0.8  # of a file that no person writes: so much of it stands in such lines …
STATEMENT_BYTES = 500  # … of which so many hold a `;`, as code has one in every 30 to 80
CODE_CHARS = 16_000_000  # of the code of a partner's repository; of more, what lies nearest to what signs in is read
CODE_BATCH = 200  # files that are read before it is looked how much that was
SUPPORT_ROUNDS = 2  # in which files are fetched that the named ones have to do with
COMMON_NAME_FILES = 25  # that may hold a name: nobody could say which of more is meant
CULPRITS = 4  # files of one run that are taken out of what is followed, one after the other, as they stall that

# --- What a parser is given -------------------------------------------------------------------------------------------

PARSED_CHARS = 10_000_000  # of one file
PARSED_PYTHON_CHARS = 3_000_000  # libcst reads about a megabyte in a second
# Strain as `lexical_scan` measures it: 2,000 is 50 nested brackets, or a chain of 500 `+` or 125 calls. On the stack
# that the Python reader gives libcst, it crashes beyond 100,000; a Unit cannot be pickled from some 4,000 on.
PYTHON_STRAIN = 2_000
PYTHON_WORK = 20_000_000  # some 2 seconds of what libcst takes longer than linear
PYTHON_ELIFS = 2_000  # in one file
# A parser of tree-sitter reports each hundred steps that it takes. Code takes 5 to 50 reports for 1,000 characters, and
# up to 135 where every statement is as short as `$a=1`.
PARSE_STEPS, PARSE_STEPS_A_CHAR = 600, 0.16  # reports that any text may cost, and those that each character adds
PARSE_AHEAD_CHARS = 20_000  # that a parse may have used the reports of, besides those of what it is through with
OPEN_ANGLES = 200  # of one statement in C#: of more that nothing closes a parse takes the square of the time
REPAIR_STEPS, REPAIR_STEPS_A_CHAR = 1_000, 0.3  # the same for all attempts to parse repaired text, but at most …
MOST_REPAIR_STEPS = 20_000  # … so many
LEFT_OVER = 8  # characters at the end of a text without a node, such as empty lines, that are nothing
BAD_LINES = 8  # lines of a file that are left out, each after trying as many
PARSER_BYTES = 8_192  # that a parser is given at once
PARSER_READS = 2_000  # times that it may ask for such a piece (its scanner looks ahead without a report), besides …
PARSER_READS_A_PIECE = 40  # … so often for each piece
TOKEN_RUN = 1_000  # tokens without a name in a row, in a tree that is looked through by queries
NODE_BUILDS = 6  # times that each node may be built, on average: some builders need a value twice
NESTED_NODES = 80  # that are built; each costs some five Python frames, and Python allows a thousand
CHAINED_CALLS = 240  # `a.b(c).d(e)…`, built from its front
PROBLEMS = 5  # of one file that are listed; the rest is counted
TYPE_CHARS = 400  # of a type's name
TYPE_DEPTH = 4  # types within types, that are looked into
NAMELESS_BLOCK_CHARS = 4_000  # of a Ruby block that is searched for a parameter without a name
ARRAY_WORDS = 100  # of a shell's array that are put in the places where it is spread
SLASHY_CHARS = 4_000  # of Groovy, in which a text that a slash opens is closed
TYPE_TOKENS = 60  # of Groovy, that a generic type may have
ARROW_TOKENS = 120  # of a closure of Groovy, in which the arrow behind its parameters is looked for
PARAMETER_TOKENS = 400  # of a function of Groovy, that are passed over to see its body
STEP_TOKENS = 40  # of a step of Jenkins, in which its script is looked for
COMMAND_CHARS = 600  # before a dash in which its command is looked for
DASHES = 5_000  # of one PowerShell file that are looked at for arguments of native programs
NESTED_PARENTHESES = 6  # that are passed over on the way to such a command

# --- Settings files ---------------------------------------------------------------------------------------------------

SETTINGS_CHARS = 8_000_000  # of one file; a longer one is read line by line
OPEN_QUOTE_LINES = 2_000  # of one Terraform file, in which a quotation mark is not closed
SETTINGS_DEPTH = 100  # levels; a deeper file is read line by line
SETTINGS_ENTRIES = 100_000  # of one file
ALIAS_ENTRIES = 10_000  # that aliases of YAML repeat
KEY_CHARS = 200  # a longer key is cut in the path: it is repeated in every entry below it
CONNECTION_STRING_CHARS = 4_000  # of a value that may be a connection string
INLINE_SCRIPTS = 200  # in one file
SECTION_USERS = 200  # of one section that a password is held against
FILE_GRANTS = 200  # requests that one settings file describes
DECLARED_BODY_CHARS = 20_000  # of the body of one of these
ALIKE_FIELDS = 4  # entries of one section that are called alike
GRANT_LEVELS = 5  # objects around the grant in which its address is looked for

# --- Values -----------------------------------------------------------------------------------------------------------

ALTERNATIVES = 8  # of a value; with more, it could be anything
TABLE_HOSTS = 8  # different hosts in one place that make it a table of everybody's addresses
TABLE_GAP = 3  # lines without a host between two of a table
TABLE_LINES = 100  # of a table on each side of an address
TABLE_CHARS = 2_000  # of its lines on each side of an address
ANSWERS = 500  # alternatives that are kept beyond those, if they are what requests gave back
TEXT_CHARS = 20_000  # of a text that is built; what is beyond is one more hole
TEXT_HOLES = 64  # parts of such a text that are not known
PARTS = 1_000  # values in a value, all alternatives and all that is in them counted; of one with more, …
LIGHT_PARTS = 16  # … only parts that have at most these are kept
SHORT_TEXT_CHARS = 3  # of a text that is kept when arguments are widened: numbers of attempts, status codes
WIDENING_DEPTH = 3  # of what is in arguments that are widened
NAME_CHARS = 500  # of a name; one that is as long is never shown
MAPPING_DEPTH = 4  # of mappings in mappings, in which a password is looked for
CLIENT_DEPTH = 4  # objects in objects: a client with credentials with a token
TAKERS = 8  # of one secret that are remembered
TAKER_ADDRESSES = 6  # that are remembered of each …
ADDRESS_CHARS = 200  # … and how much of them
ALIAS_DEPTH = 4  # of types that stand for others
BASES = 6  # of a class, one above the other
SETTINGS_BASES = 4  # the same for a class that holds settings
TOLD_APART_OBJECTS = 4  # where any object of a class may be meant
STAND_IN_OBJECTS = 100  # of a class, that stand for any of it

# --- The steps of a run -----------------------------------------------------------------------------------------------

ROOT_STEPS = 120_000  # of one root
LAST_STEPS = 20_000  # of these, the ones in which no more functions are entered; of fewer, a sixth
QUIET_STEPS = 20_000  # in which a root that sends nothing enters functions, as long as …
QUIET_OF_ALL = 200_000  # … all such roots together do not use more, over all passes; after that …
QUIET_AT_LEAST = 1_000  # … this much
FILE_STEPS_A_LINE = 15  # of the roots of one file in one pass, for each line of its code, besides …
SHARED_STEPS, SHARED_STEPS_A_LINE = 60_000, 15  # … what all files share, the second for each line of all code
PASSES = 3  # over all files, until nothing changes any more
AGAIN_STEPS, AGAIN_STEPS_A_LINE = 100_000, 15  # of the passes so far, after which there is no other one, at most …
MOST_AGAIN_STEPS = 1_500_000  # … so many
PYTHON_FRAMES = 10_000  # some twenty for each function that is followed
CALL_DEPTH = 250  # functions that call one another
EXACT_RUNS = 8  # of one function with arguments as they are; after that only what matters of them is told apart
FUNCTION_RUNS = 256  # of one function with different arguments; after that it is followed without them
RUNS_A_LINE = 1  # of all functions together, for each line of code …
RUNS_OF_ALL = 4_000  # … and besides

# --- Patterns, comments, the inventory --------------------------------------------------------------------------------

PATTERN_CHARS = 4_000  # of an unbounded repeat in a rule: a match lies within a window and its reach
PATTERN_WINDOW = 2_000  # characters in which a match starts …
PATTERN_REACH = 2_000  # … and how far beyond them it may end
FILE_SUPPRESSIONS = 1_000  # in one file
TRIGGER_FILES = 3_000  # of a repository, that are looked at for signs of how things are started
CALLED_NAMES = 400  # of an integration, that are looked for in what may start it
HISTORY_FILES = 40  # of an integration, whose history is asked for
OWNER_LINES = 2_000  # of a CODEOWNERS file
OWNER_STARS = 1_500  # in these lines
OWNER_COMMENT_LINES = 40  # at the top of a file, in whose comments an owner is looked for

# --- Workflow definitions ---------------------------------------------------------------------------------------------

WORKFLOWS = 50  # definitions of one settings file
WORKFLOW_ACTIONS = 600  # of one definition, and of one level of it; Azure takes 500
WORKFLOW_LEVELS = 25  # actions with a handler of their own that are followed one within the other
WORKFLOW_EXPRESSION_CHARS = 20_000  # of one expression
WORKFLOW_EXPRESSION_DEPTH = 40  # calls within calls
