"""Go's questions of what kind an error is, which catch it like a typed handler of other languages."""

from __future__ import annotations

import pytest

from tests.helpers.code import api_calls, loud

PROGRAM = """\
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

type APIError struct {
	Status int
	Body   string
}

func (e *APIError) Error() string { return fmt.Sprintf("status %%d: %%s", e.Status, e.Body) }

var (
	ErrRefused      = errors.New("refused")
	ErrNotFound     = errors.New("not found")
	ErrUnauthorized = errors.New("sign in again")
)

func call() ([]byte, error) {
	resp, err := http.Get("https://api.partnercenter.microsoft.com/v1/customers")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	%s
	var raw json.RawMessage
	err = json.NewDecoder(resp.Body).Decode(&raw)
	return raw, err
}

func customers() ([]byte, error) {
	body, err := call()
	%s
}

func main() {
	body, err := customers()
	if err != nil {
		panic(err)
	}
	fmt.Println(len(body))
}
"""
TYPED = "if resp.StatusCode != 200 { return nil, &APIError{Status: resp.StatusCode} }"
BUILT = "if resp.StatusCode != 200 { return nil, newAPIError(resp) }"
MAKER = "func newAPIError(resp *http.Response) *APIError { return &APIError{Status: resp.StatusCode} }\n"
SENTINEL = "if resp.StatusCode >= 400 { return nil, ErrRefused }"
WRAPPED = 'if resp.StatusCode >= 400 { return nil, fmt.Errorf("%w: %d", ErrRefused, resp.StatusCode) }'
SAID = "if resp.StatusCode == 404 { return nil, ErrNotFound }\n\t" + (
    'if resp.StatusCode >= 400 { return nil, fmt.Errorf("status %d", resp.StatusCode) }'
)
APART = "if resp.StatusCode == 401 { return nil, ErrUnauthorized }\n\t" + SAID
AS_INSIDE = (
    "if err != nil {{\n\t\tvar apiErr *APIError\n\t\tif errors.As(err, &apiErr) {{ {0} }}\n\t\treturn nil, err\n\t}}\n"
    "\treturn body, nil"
)
DECLARED = "var apiErr *APIError\n\tif errors.As(err, &apiErr) {{ {0} }}"
AS = DECLARED + "\n\treturn body, err"
AS_BEFORE = DECLARED + "\n\tif err != nil {{ return nil, err }}\n\treturn body, nil"
ELSE = DECLARED + " else if err != nil {{ return nil, err }}\n\treturn body, nil"
ASSERTED = "if apiErr, ok := err.(*APIError); ok {{ {0} }}\n\treturn body, err"
SWITCH = (
    "switch apiErr := err.(type) {{\n\tcase nil:\n\t\treturn body, nil\n\tcase *APIError:\n\t\t{0}\n"
    "\tdefault:\n\t\treturn nil, apiErr\n\t}}"
)
IS = "if errors.Is(err, %s) { return nil, nil }\n\treturn body, err"
HIDES = "return nil, nil"
CHECKS = "if apiErr.Status == http.StatusUnauthorized { return nil, apiErr }\n\t\treturn nil, nil"
TELLS = 'if apiErr.Status == 401 { return nil, fmt.Errorf("sign in again: %w", err) }\n\t\treturn nil, nil'
OTHER = "if apiErr.Status != http.StatusNotFound { return nil, err }\n\t\treturn nil, nil"
FORMS = {"as": AS, "inside": AS_INSIDE, "before": AS_BEFORE, "else": ELSE, "asserted": ASSERTED, "switch": SWITCH}


def program(raises: str, caught: str) -> dict[str, str]:
    return {"main.go": PROGRAM % (raises, caught) + MAKER}


@pytest.mark.parametrize("raises", [TYPED, BUILT], ids=["literal", "maker"])
@pytest.mark.parametrize("form", FORMS)
def test_an_error_of_its_kind_that_becomes_nothing_is_hidden(form: str, raises: str) -> None:
    files = program(raises, FORMS[form].format(HIDES))
    assert {call.error_handling.then for call in api_calls(files)} == {"value"}
    assert loud(files) == ["PCM402"]


@pytest.mark.parametrize("answer", [CHECKS, TELLS], ids=["hands-on", "wraps"])
@pytest.mark.parametrize("form", FORMS)
def test_its_status_may_be_looked_at_inside(form: str, answer: str) -> None:
    files = program(TYPED, FORMS[form].format(answer))
    assert [call.error_handling.distinguishes_401 for call in api_calls(files)] == [True]
    assert loud(files) == []


@pytest.mark.parametrize("form", FORMS)
def test_an_error_that_is_handed_on_but_for_another_status_is_not_hidden(form: str) -> None:
    assert loud(program(TYPED, FORMS[form].format(OTHER))) == []


def test_another_status_beside_the_kind_is_no_401() -> None:
    caught = AS.format(HIDES).replace("&apiErr)", "&apiErr) && apiErr.Status == http.StatusNotFound")
    assert loud(program(TYPED, caught)) == []


@pytest.mark.parametrize("raises", [SENTINEL, WRAPPED], ids=["plain", "wrapped"])
def test_a_named_error_that_becomes_nothing_is_hidden(raises: str) -> None:
    assert loud(program(raises, IS % "ErrRefused")) == ["PCM402"]


@pytest.mark.parametrize("name", ["ErrNotFound", "context.Canceled", "io.EOF"])
def test_a_named_error_that_a_401_is_not_hides_none(name: str) -> None:
    assert loud(program(SAID, IS % name)) == []
    assert loud(program(TYPED, IS % name)) == []


def test_an_error_that_is_there_for_401_tells_it() -> None:
    files = program(APART, IS % "ErrUnauthorized")
    assert [call.error_handling.distinguishes_401 for call in api_calls(files)] == [True]
    assert loud(files) == []
    assert loud(program(APART, IS % "ErrNotFound")) == []
