"""The staff's lists of notices; their addresses stand in the back office."""

TABLE = {}


def add_run(person, number):
    from tests.factories.notices import RunLineFactory

    RunLineFactory()


def add_notice(person, number):
    from tests.factories.calls import CallFactory
    from tests.factories.notices import NoticeFactory

    NoticeFactory(call=CallFactory(authority=True, published=True), effect="made")


def add_unclaimed(person, number):
    from tests.factories.calls import CallFactory
    from tests.factories.notices import UnclaimedBuyerFactory

    CallFactory(buyer=UnclaimedBuyerFactory(), published=True)


def add_source(person, number):
    from tests.factories.notices import NoticeSourceFactory

    NoticeSourceFactory()


LISTS = {
    "/staff/notice-runs/": ("stella", add_run),
    "/staff/notices/": ("stella", add_notice),
    "/staff/unclaimed-buyers/": ("stella", add_unclaimed),
    "/staff/notice-sources/": ("stella", add_source),
}
