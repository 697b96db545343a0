from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vocab import cpv

any_code = st.sampled_from(cpv.codes())


def test_the_vocabulary_has_9454_codes_on_seven_levels():
    levels = Counter(cpv.level(code) for code in cpv.codes())

    assert len(cpv.codes()) == len(set(cpv.codes())) == 9454
    assert [levels[level] for level in range(1, 8)] == [45, 272, 1002, 2379, 3140, 1811, 805]
    assert list(cpv.codes()) == sorted(cpv.codes())


def test_a_code_is_read_with_and_without_its_check_digit():
    for written in ("45210000", "45210000-2", "452100002", " 45 21 00 00 - 2\n", "45.21.00.00-2", "45210000\u20132"):
        assert cpv.parse(written) == "45210000"


def test_a_wrong_check_digit_is_refused_and_the_right_one_named():
    with pytest.raises(cpv.UnknownCode, match="45210000-2"):
        cpv.parse("45210000-3")


@pytest.mark.parametrize(
    "written", ["", "4521", "45210000-22", "45210000-", "4521000x", "٤٥٢١٠٠٠٠", "\0" * 8, "9" * 99]
)
def test_what_is_no_code_is_refused_with_the_shape_expected(written):
    with pytest.raises(cpv.UnknownCode, match="eight digits"):
        cpv.parse(written)


def test_eight_digits_that_nobody_published_are_refused():
    with pytest.raises(cpv.UnknownCode, match="45219999"):
        cpv.parse("45219999")


@given(any_code)
def test_every_code_survives_being_written_and_read(code):
    assert cpv.parse(cpv.with_check_digit(code)) == code
    assert cpv.parse(code) == code


@given(any_code, st.integers(0, 9))
def test_only_one_check_digit_is_accepted(code, digit):
    if str(digit) == cpv.check_digit(code):
        assert cpv.parse(f"{code}-{digit}") == code
    else:
        with pytest.raises(cpv.UnknownCode):
            cpv.parse(f"{code}-{digit}")


def test_the_arithmetic_of_the_check_digit_alone_is_not_enough():
    plain = {
        code
        for code in cpv.codes()
        if int(cpv.check_digit(code)) == sum(map(int.__mul__, map(int, code), cpv.WEIGHTS)) % 10
    }

    assert len(set(cpv.codes()) - plain) == 532
    assert cpv.with_check_digit("72212100") == "72212100-0"
    assert cpv.with_check_digit("72212000") == "72212000-4"


def test_a_division_does_not_catch_its_neighbour():
    assert cpv.stem("30000000") == "30"
    assert cpv.stem("45210000") == "4521"
    assert not cpv.is_descendant("31000000", of="30000000")
    assert {code[:2] for code in cpv.under("30000000")} == {"30"}


def test_a_code_is_under_itself_and_no_descendant_of_itself():
    assert cpv.under("45211000")[0] == "45211000"
    assert not cpv.is_descendant("45211000", of="45211000")
    assert cpv.is_descendant("45211100", of="45211000")


@given(any_code)
def test_every_chain_of_parents_ends_in_a_division(code):
    chain = (*cpv.ancestors(code), code)

    assert cpv.level(chain[0]) == 1
    assert all(cpv.parent(lower) == higher for higher, lower in pairwise(chain))
    assert all(cpv.level(higher) < cpv.level(lower) for higher, lower in pairwise(chain))


@given(any_code, any_code)
def test_a_branch_is_exactly_what_begins_with_its_stem(one, other):
    assert (other in cpv.under(one)) == other.startswith(cpv.stem(one))
    assert cpv.is_descendant(other, of=one) == (one in cpv.ancestors(other))


def test_35_codes_skip_a_level():
    skipping = [code for code in cpv.codes() if (up := cpv.parent(code)) and cpv.level(code) - cpv.level(up) > 1]

    assert len(skipping) == 35


def test_children_stand_one_step_below():
    assert set(cpv.children("45000000")) == {"45100000", "45200000", "45300000", "45400000", "45500000"}
    assert sum(len(cpv.children(code)) for code in cpv.codes()) == 9454 - 45 == 9454 - len(cpv.divisions())


def test_a_label_falls_back_to_english():
    assert cpv.label("90919200", "fr") == "Services de nettoyage de bureaux"
    assert cpv.label("90919200", "fr-BE") == cpv.label("90919200", "fr_be") == cpv.label("90919200", "fr")
    assert (
        cpv.label("90919200", "tr")
        == cpv.label("90919200", "ga")
        == cpv.label("90919200")
        == "Office cleaning services"
    )


def test_check_digits_parents_levels_and_kinds_are_the_published_ones(cpv_rows):
    for row in cpv_rows:
        code = row["code"]
        assert cpv.check_digit(code) == row["check_digit"], code
        assert (cpv.parent(code) or "") == row["parent"], code
        assert str(cpv.level(code)) == row["level"], code
        assert cpv.kind(code) == row["kind"], code
    assert [row["code"] for row in cpv_rows] == list(cpv.codes())


@pytest.mark.parametrize("language", cpv.LANGUAGES)
def test_every_label_is_the_published_one(language, cpv_rows):
    for label, row in zip(cpv.labels(language), cpv_rows, strict=True):
        assert label == (row[language] or row["en"]), row["code"]


@pytest.mark.parametrize(
    ("code", "group", "division"),
    [("90911200", "909", "90000000"), ("45000000", "45", "45000000"), ("30000000", "30", "30000000")],
)
def test_a_group_is_what_close_codes_share(code, group, division):
    assert (cpv.group(code), cpv.division(code)) == (group, division)
