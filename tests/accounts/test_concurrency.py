"""Seats and roles under real simultaneous transactions; each guard is also tried without its lock."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from marketplace.accounts import actions
from marketplace.accounts.models import Invitation, Organisation, Representative
from marketplace.core.errors import RuleBroken
from tests.factories.accounts import InvitationFactory, OrganisationFactory, RepresentativeFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20
SEATS = 5


def at_once(*jobs):
    """Run all jobs from the same instant, each on its own connection; True for each that the rules let pass."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait()
        try:
            job()
        except RuleBroken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def unlocked(organisation):
    return Organisation.objects.get(pk=organisation.pk)


@pytest.fixture
def slow_count(monkeypatch):
    """Widens the gap between counting and writing, where the harm is done; with and without the lock alike."""
    count = actions._require_seat

    def count_then_wait(*args):
        count(*args)
        time.sleep(0.02)

    monkeypatch.setattr(actions, "_require_seat", count_then_wait)


@pytest.fixture
def administrator(db):
    return RepresentativeFactory(organisation__seat_limit=SEATS, administrator=True)


def invite_all(administrator):
    return at_once(
        *(
            lambda number=number: actions.invite_representative(
                administrator.organisation, email=f"n{number}@x.example", role="viewer", by=administrator.user
            )
            for number in range(THREADS)
        )
    )


def test_twenty_invitations_at_once_never_pass_the_limit(administrator, slow_count):
    passed = invite_all(administrator)

    assert sum(passed) == SEATS - 1
    assert actions.seats_used(administrator.organisation) == SEATS


def test_without_the_lock_they_do(administrator, slow_count, monkeypatch):
    monkeypatch.setattr(actions, "_locked", unlocked)

    invite_all(administrator)

    assert actions.seats_used(administrator.organisation) > SEATS


def test_invitations_and_acceptances_at_once_never_pass_the_limit(administrator, slow_count):
    people = UserFactory.create_batch(SEATS - 1)
    invitations = [InvitationFactory(organisation=administrator.organisation, email=user.email) for user in people]
    accept = [
        lambda invitation=invitation, user=user: actions.accept_invitation(invitation, by=user)
        for invitation, user in zip(invitations, people, strict=True)
    ]
    invite = [
        lambda number=number: actions.invite_representative(
            administrator.organisation, email=f"n{number}@x.example", role="viewer", by=administrator.user
        )
        for number in range(THREADS - len(accept))
    ]

    passed = at_once(*accept, *invite)

    assert passed == [True] * len(accept) + [False] * len(invite)
    assert actions.seats_used(administrator.organisation) == SEATS


def test_one_invitation_accepted_twenty_times_at_once_takes_one_seat(administrator):
    user = UserFactory()
    invitation = InvitationFactory(organisation=administrator.organisation, email=user.email)

    passed = at_once(*[lambda: actions.accept_invitation(invitation, by=user)] * THREADS)

    assert sum(passed) == 1
    assert Representative.objects.filter(user=user).count() == 1


def test_one_invitation_sent_twenty_times_at_once_is_sent_once(administrator, mails):
    at_once(
        *[
            lambda: actions.invite_representative(
                administrator.organisation, email="one@x.example", role="viewer", by=administrator.user
            )
        ]
        * THREADS
    )

    assert Invitation.objects.count() == len(mails("one@x.example")) == 1


def two_administrators():
    organisation = OrganisationFactory()
    return [RepresentativeFactory(organisation=organisation, administrator=True) for _ in range(2)]


def leave(representative):
    return lambda: actions.remove_representative(representative, by=representative.user)


def test_of_two_administrators_who_leave_at_once_one_stays(prove):
    for _ in range(50 if prove else 5):
        pair = two_administrators()

        passed = at_once(*(leave(row) for row in pair))

        assert sum(passed) == 1
        assert pair[0].organisation.representatives.administrators().count() == 1


def test_without_the_lock_both_are_gone(monkeypatch):
    check = actions._require_another_administrator

    def check_then_wait(*args):
        check(*args)
        time.sleep(0.05)

    monkeypatch.setattr(actions, "_locked", unlocked)
    monkeypatch.setattr(actions, "_require_another_administrator", check_then_wait)
    pair = two_administrators()

    at_once(*(leave(row) for row in pair))

    assert pair[0].organisation.representatives.count() == 0


def test_one_registration_sent_ten_times_at_once_is_one_organisation():
    user = UserFactory()

    passed = at_once(*[lambda: actions.register_organisation(by=user, name="Atlas", country="FR")] * 10)

    assert all(passed)
    assert Organisation.objects.count() == 1


def test_of_two_people_who_register_one_number_at_once_one_succeeds():
    passed = at_once(
        *(
            lambda user=user: actions.register_organisation(
                by=user, name="Atlas", country="FR", identifiers={"FR-SIREN": "732829320"}
            )
            for user in UserFactory.create_batch(2)
        )
    )

    assert sorted(passed) == [False, True]
    assert Organisation.objects.count() == 1


def test_of_two_changes_at_once_one_is_refused(administrator, prove):
    organisation = administrator.organisation
    for version in range(1, 51 if prove else 6):
        passed = at_once(
            *(
                lambda town=town, version=version: actions.change_organisation(
                    organisation, version=version, by=administrator.user, town=town
                )
                for town in ("York", "Hull")
            )
        )

        assert sorted(passed) == [False, True]
