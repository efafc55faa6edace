"""Capabilities by role, licence and day (LIC-01, LIC-02, LIC-04): the whole table, and that nothing slips by."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visavis.identity import rules
from visavis.identity.types import (
    Capability,
    Constraint,
    Licence,
    LicenceDetails,
    LicenceStatus,
    LicenceType,
    Need,
    PersonKind,
    PersonStatus,
    Staff,
)
from visavis.kernel.auth import SERVING, Environment, Role

DAY = date(2026, 11, 23)
ONE = UUID(int=1)
ADVISE, RELAY, SERVE, REFER, EDUCATE = (
    Capability.ADVISE, Capability.RELAY, Capability.SERVE, Capability.REFER, Capability.EDUCATE,
)  # fmt: skip
SERVICE = {RELAY, SERVE, EDUCATE}


def licence(
    kind: LicenceType,
    first: date = DAY - timedelta(days=100),
    last: date = DAY + timedelta(days=100),
    status: LicenceStatus = LicenceStatus.ACTIVE,
) -> Licence:
    return Licence(ONE, ONE, kind, "1", first, last, status, "test")


def staff(
    *roles: Role,
    licences: tuple[Licence, ...] = (),
    status: PersonStatus = PersonStatus.ACTIVE,
    environment: Environment = Environment.REAL,
) -> Staff:
    return Staff(
        id=ONE, kind=PersonKind.STAFF, name="林", name_en="Lin", environment=environment,
        status=status, language="zh-CN", login="lin", roles=frozenset(roles), branch_id=ONE,
        licences=licences,
    )  # fmt: skip


# By hand: for each role and each single licence, what its holder may do.
TABLE: dict[Role, dict[LicenceType, set[Capability]]] = {
    Role.ADVISOR: {LicenceType.ADVISORY: {ADVISE, *SERVICE}, LicenceType.SECURITIES: SERVICE},
    Role.CLIENT_MANAGER: {LicenceType.ADVISORY: SERVICE, LicenceType.SECURITIES: SERVICE},
    Role.BROKER_AGENT: {LicenceType.AGENT: {RELAY, EDUCATE}},
    Role.PARTNER_STAFF: {kind: {REFER} for kind in LicenceType},
}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CLIENT, Role.VISITOR}))
@pytest.mark.parametrize("kind", sorted(LicenceType))
def test_each_role_with_each_licence_may_do_what_the_table_says(
    role: Role, kind: LicenceType
) -> None:
    expected = TABLE.get(role, {}).get(kind, set())
    one = staff(role, licences=(licence(kind),))
    assert rules.capabilities(one, DAY) == expected
    for status in set(PersonStatus) - {PersonStatus.ACTIVE}:
        assert not rules.capabilities(staff(role, licences=one.licences, status=status), DAY)


@pytest.mark.parametrize(
    ("first", "last", "status", "counts"),
    [
        (DAY, DAY, LicenceStatus.ACTIVE, True),
        (DAY + timedelta(days=1), DAY + timedelta(days=9), LicenceStatus.ACTIVE, False),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), LicenceStatus.ACTIVE, False),
        (DAY, DAY, LicenceStatus.SUSPENDED, False),
        (DAY, DAY, LicenceStatus.REVOKED, False),
    ],
)
def test_a_licence_counts_from_its_first_to_its_last_day_while_active(
    first: date, last: date, status: LicenceStatus, counts: bool
) -> None:
    one = staff(Role.ADVISOR, licences=(licence(LicenceType.ADVISORY, first, last, status),))
    assert (ADVISE in rules.capabilities(one, DAY)) is counts
    assert (rules.meets(one, Need.ADVISE, DAY) is None) is counts


ADVISORY = licence(LicenceType.ADVISORY)
MARGIN, FUND = licence(LicenceType.MARGIN), licence(LicenceType.FUND)
EXPIRED = licence(LicenceType.ADVISORY, last=DAY - timedelta(days=1))
FUTURE = licence(LicenceType.ADVISORY, first=DAY + timedelta(days=1))
HELD = licence(LicenceType.ADVISORY, status=LicenceStatus.SUSPENDED)


@pytest.mark.parametrize(
    ("one", "need", "unmet"),
    [
        (staff(Role.ADVISOR, licences=(ADVISORY,)), Need.SERVE, None),
        (staff(Role.ADVISOR, licences=(ADVISORY,)), Need.ADVISE, None),
        (staff(Role.ADVISOR, licences=(ADVISORY, MARGIN)), Need.ADVISE_MARGIN, None),
        (staff(Role.ADVISOR, licences=(ADVISORY, FUND)), Need.ADVISE_FUND, None),
        (staff(Role.ADVISOR, licences=(ADVISORY, FUND)), Need.ADVISE_MARGIN, "licence margin:none"),
        (staff(Role.ADVISOR, licences=(MARGIN,)), Need.ADVISE_MARGIN, "licence advisory:none"),
        (staff(Role.ADVISOR, licences=(EXPIRED,)), Need.ADVISE, "licence advisory:expired"),
        (staff(Role.ADVISOR, licences=(FUTURE,)), Need.ADVISE, "licence advisory:not_yet_valid"),
        (staff(Role.ADVISOR, licences=(HELD,)), Need.ADVISE, "licence advisory:suspended"),
        (staff(Role.ADVISOR, licences=(EXPIRED, ADVISORY)), Need.ADVISE, None),
        (staff(Role.ADVISOR), Need.SERVE, "licence securities:none"),
        (staff(Role.CLIENT_MANAGER, licences=(ADVISORY,)), Need.ADVISE, "role not_advisor"),
        (staff(Role.BROKER_AGENT, licences=(licence(LicenceType.AGENT),)), Need.SERVE,
         "role relay_only"),
        (staff(Role.PARTNER_STAFF), Need.SERVE, "role not_serving"),
        (staff(Role.SUPERVISOR, licences=(ADVISORY,)), Need.ADVISE, "role not_serving"),
        (staff(Role.ADVISOR, licences=(ADVISORY,), status=PersonStatus.LEFT), Need.SERVE,
         "status left"),
        (staff(Role.ADVISOR, licences=(ADVISORY,), status=PersonStatus.SUSPENDED), Need.ADVISE,
         "status suspended"),
    ],
)  # fmt: skip
def test_a_need_is_met_or_the_first_failed_constraint_is_named(
    one: Staff, need: Need, unmet: str | None
) -> None:
    found = rules.meets(one, need, DAY)
    assert (f"{found.constraint} {found.detail}" if found else None) == unmet


licences = st.builds(
    licence,
    st.sampled_from(LicenceType),
    st.dates(DAY - timedelta(days=5), DAY + timedelta(days=5)),
    st.dates(DAY - timedelta(days=5), DAY + timedelta(days=5)),
    st.sampled_from(LicenceStatus),
)
anybody = st.builds(
    lambda roles, held, status: staff(*roles, licences=tuple(held), status=status),
    st.sets(
        st.sampled_from(sorted(set(Role) - {Role.CLIENT, Role.VISITOR})), min_size=1, max_size=3
    ),
    st.lists(licences, max_size=4),
    st.sampled_from(PersonStatus),
)


@given(anybody, st.sampled_from(Need))
def test_nobody_unlicensed_ever_meets_a_need(one: Staff, need: Need) -> None:
    unmet = rules.meets(one, need, DAY)
    valid = {held.type for held in one.licences if held.valid(DAY)}
    if one.status is PersonStatus.ACTIVE:
        assert rules.fits(one.roles, valid, need) is (unmet is None)
    if unmet is None:
        assert one.status is PersonStatus.ACTIVE
        assert one.roles & SERVING
        assert valid & {LicenceType.ADVISORY, LicenceType.SECURITIES}
        if need is not Need.SERVE:
            assert Role.ADVISOR in one.roles
            assert LicenceType.ADVISORY in valid
            assert ADVISE in rules.capabilities(one, DAY)
        if need is Need.ADVISE_MARGIN:
            assert LicenceType.MARGIN in valid
        if need is Need.ADVISE_FUND:
            assert LicenceType.FUND in valid
    else:
        assert unmet.constraint in Constraint
        assert unmet.detail


def test_a_second_contract_overlaps_unless_the_first_is_revoked_or_over() -> None:
    fresh = LicenceDetails(LicenceType.AGENT, "2", DAY, DAY + timedelta(days=30), "test")
    assert rules.overlaps([licence(LicenceType.AGENT)], fresh)
    revoked = licence(LicenceType.AGENT, status=LicenceStatus.REVOKED)
    over = licence(LicenceType.AGENT, last=DAY - timedelta(days=1))
    later = licence(
        LicenceType.AGENT, first=DAY + timedelta(days=31), last=DAY + timedelta(days=99)
    )
    assert not rules.overlaps([revoked, over, later, licence(LicenceType.FUND)], fresh)


def test_somebody_is_shown_under_the_role_and_licence_nearest_to_the_client() -> None:
    both = staff(Role.SUPERVISOR, Role.CLIENT_MANAGER, licences=(EXPIRED, MARGIN))
    assert rules.primary_role(both.roles) is Role.CLIENT_MANAGER
    assert rules.primary_role([]) is Role.SYSTEM
    assert rules.registration(both, DAY) is EXPIRED
    longer = licence(LicenceType.ADVISORY, last=DAY + timedelta(days=900))
    many = staff(Role.ADVISOR, licences=(ADVISORY, longer, licence(LicenceType.SECURITIES)))
    assert rules.registration(many, DAY) is longer
    coded = replace(EXPIRED, number="S9")
    lapsed = staff(Role.ADVISOR, licences=(coded, licence(LicenceType.SECURITIES)))
    assert rules.public_status(replace(lapsed, code="S9"), DAY) == "expired"
    assert rules.public_status(lapsed, DAY) == "valid"
    assert rules.registration(staff(Role.EDITOR, licences=(ADVISORY,)), DAY) is None
