from collections import Counter
from hashlib import md5

import pytest
from django.db import connection

from marketplace.matching.matches.dealing import TURN, buckets_in_order, turn_of


@pytest.mark.django_db
def test_sql_and_python_deal_alike():
    turn = TURN.format(call="call", supplier="supplier")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT call, supplier, {turn} FROM generate_series(1::bigint, 20) AS call,"
            " generate_series(7::bigint, 9000, 450) AS supplier"
        )
        rows = cursor.fetchall()

    assert [turn for _call, _supplier, turn in rows] == [turn_of(call, supplier) for call, supplier, _turn in rows]
    assert all(0 <= turn < 2**31 for _call, _supplier, turn in rows)


def test_every_call_deals_anew_and_over_many_calls_each_firm_is_first_about_equally_often():
    firms, calls = range(1, 11), range(1, 2_001)

    firsts = Counter(min(firms, key=lambda firm: turn_of(call, firm)) for call in calls)

    assert set(firsts) == set(firms)
    assert all(120 <= times <= 290 for times in firsts.values())


def test_the_buckets_are_dealt_as_the_turns_are():
    order, firms = buckets_in_order(7), range(1, 200)

    assert sorted(order) == list(range(256))
    assert sorted(firms, key=lambda firm: order.index(bucket_of(firm))) == sorted(
        firms, key=lambda firm: (turn_of(7, firm) >> 16, order.index(bucket_of(firm)))
    )


def bucket_of(firm):
    return int(md5(str(firm).encode()).hexdigest()[:2], 16)
