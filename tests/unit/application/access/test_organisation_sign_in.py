"""People signed in by their organisation: every way in which a provider, or who claims to be one, may lie."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwk, jwt

from choriste.application.access.activate import activate
from choriste.application.access.change_password import change_password
from choriste.application.access.leave_for_organisation import leave_to_connect, leave_to_sign_in
from choriste.application.access.links import new_link
from choriste.application.access.mailed_code import check_code, send_code
from choriste.application.access.organisation_records import OrganisationSignIn
from choriste.application.access.own_organisations import (
    disconnect_organisation,
    list_organisations,
    way_out,
)
from choriste.application.access.policy import is_own, require_fresh_factor, require_person
from choriste.application.access.ports import AccessPorts
from choriste.application.access.read_account import list_sessions
from choriste.application.access.records import LinkPurpose, SessionStage
from choriste.application.access.reset_factors import ask_for_reset_of_factors
from choriste.application.access.resume_session import SignedIn, resume_session
from choriste.application.access.return_from_organisation import (
    MOST_A_DAY,
    Arrival,
    Returned,
    return_from_organisation,
)
from choriste.application.access.sessions import end_session_of, end_sessions_beside, session_name
from choriste.application.access.sign_in import sign_in
from choriste.application.access.verify_second_factor import verify_second_factor
from choriste.domain.access.errors import (
    AccountLockedError,
    AlreadyExistsError,
    FactorNeededError,
    SessionEndedError,
)
from choriste.domain.access.organisation_errors import (
    OrganisationKnownError,
    OrganisationLateError,
    OrganisationPersonError,
    OrganisationRefusedError,
    OrganisationUnavailableError,
    OrganisationUnknownError,
)
from choriste.domain.access.user import StructureRole
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.errors import ForbiddenError, NotFoundError
from tests.builders.identity import (
    PASSWORD,
    TOTP_SECRET,
    StillClock,
    a_company,
    a_gate,
    a_member,
    a_right,
    a_structure,
    a_user,
    enrol,
    the_code,
)
from tests.builders.mails import mails_of
from tests.fakes.organisations import ISSUER, MemoryProviders, a_key

TOWN, WORKSHOP = "101", "102"
SIRET, OTHER_SIRET = "21690123100011", "83214569200014"
EVIL = "https://evil.example"
SIGN_IN = OrganisationSignIn(
    structure=StructureId(TOWN),
    issuer=ISSUER,
    client_id="choriste",
    secret="secret of the client",
    served=(StructureId(TOWN),),
    strong=("eidas2",),
)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def access(clock: StillClock) -> AccessPorts:
    access = a_gate(clock)
    access.directory.add_structure(a_structure(TOWN, siret=SIRET))
    access.directory.add_structure(a_company(WORKSHOP, siret=OTHER_SIRET, name="Atelier"))
    access.organisations.save(SIGN_IN, known=None)
    ana = a_user(
        rights=(a_right(TOWN),),
        memberships=(a_member(TOWN), a_member(WORKSHOP, StructureRole.PRIMARY_MANAGER)),
    )
    enrol(access, ana)
    return access


def provider(access: AccessPorts) -> MemoryProviders:
    assert isinstance(access.providers, MemoryProviders)
    return access.providers


def left(access: AccessPorts) -> dict[str, str]:
    """Leave to sign in, and return what the provider is asked."""
    there = leave_to_sign_in("browser", SIRET, place="/flows", access=access)
    return {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}


def back(state: str) -> Returned:
    """Return what a browser brings back by the town's way, without `iss`."""
    return Returned(structure=TOWN, state=state, code="c")


def comes_back(access: AccessPorts, asked: dict[str, str], **changes: Any) -> Arrival:
    """Come back with the provider's word for a person of the town."""
    provider(access).speak_of(access.clock.now(), asked["nonce"], **changes)
    returned = Returned(structure=TOWN, state=asked["state"], code="code", issuer=ISSUER)
    return return_from_organisation("browser", returned, access=access)


def signed_in(access: AccessPorts) -> tuple[str, SignedIn]:
    pending = sign_in("ana@example.fr", PASSWORD, access=access)
    token = verify_second_factor(pending.token, the_code(access.clock.now()), access=access).token
    found = resume_session(token, access=access)
    assert found is not None
    return token, found


def connect(access: AccessPorts, **changes: Any) -> tuple[str, SignedIn]:
    """Have Ana connect her account, and return the session she did it in."""
    token, who = signed_in(access)
    there = leave_to_connect(token, SIRET, who, access=access)
    asked = parse_qs(urlsplit(there).query)
    told = {"email": "ana@example.fr", **changes}
    provider(access).speak_of(access.clock.now(), asked["nonce"][0], **told)
    returned = Returned(structure=TOWN, state=asked["state"][0], code="code")
    return_from_organisation(token, returned, access=access, signed_in=who)
    return token, who


def test_provider_is_asked_for_a_code_bound_to_browser_request_and_asker(access: AccessPorts) -> None:
    asked = left(access)

    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == "https://choriste.example/sign-in/organisation/return/101"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"].startswith("openid ")
    comes_back(access, asked)
    (redeemed,) = provider(access).redeemed
    assert redeemed.secret == "secret of the client"
    assert len({asked["state"], asked["nonce"], redeemed.verifier}) == 3
    assert redeemed.verifier not in json.dumps(asked)


def takes_app(access: AccessPorts, user: str) -> None:
    """Give an account an authenticator app, as the step after the mailed code does."""
    known = access.accounts.credentials(user)
    assert known is not None
    access.accounts.save_credentials(replace(known, totp_secret=TOTP_SECRET, version=known.version + 1))


def test_newcomer_of_a_served_structure_gets_an_account_and_two_factors_count(access: AccessPorts) -> None:
    first = comes_back(access, left(access))
    assert first.started is not None
    assert first.joined is not None
    assert first.started.session.stage is SessionStage.AWAITS_MAILED_CODE  # nobody has proved the address yet
    assert access.accounts.unactivated([first.user.id])
    takes_app(access, first.user.id)
    assert not access.accounts.unactivated([first.user.id])

    arrival = comes_back(access, left(access))

    assert arrival.started is not None
    assert arrival.place == "/flows"
    who = resume_session(arrival.started.token, access=access)
    assert who is not None
    assert (who.user.email, who.user.name) == ("ines@lutece.example", "Inès Moreau")
    assert who.principal.attached == {TOWN}
    assert arrival.joined is None
    with pytest.raises(FactorNeededError):  # an organisation's word is no proof of the account's own factor
        require_fresh_factor(who.principal, now=access.clock.now())


def test_password_alone_at_the_provider_asks_for_the_accounts_own_factor(
    access: AccessPorts, clock: StillClock
) -> None:
    arrival = comes_back(access, left(access), amr=["pwd"])
    assert arrival.started is not None
    assert arrival.started.session.stage is SessionStage.AWAITS_MAILED_CODE
    assert resume_session(arrival.started.token, access=access) is None
    send_code(arrival.started.token, access=access)
    step = check_code(arrival.started.token, mails_of(access)[-1].subject[-6:], access=access)
    assert step.session.organisation == TOWN  # it is not forgotten on the way

    connect(access, sub="subject-ana")
    clock.advance(minutes=1)
    arrival = comes_back(access, left(access), sub="subject-ana", amr=None, acr="eidas1")
    assert arrival.started is not None
    assert arrival.started.session.stage is SessionStage.AWAITS_CODE
    strong = comes_back(access, left(access), sub="subject-ana", amr=None, acr="eidas2")
    assert strong.started is not None
    assert strong.started.session.stage is SessionStage.SIGNED_IN


def test_session_of_an_organisation_opens_what_it_serves_and_nothing_else(access: AccessPorts) -> None:
    _, own = connect(access, sub="subject-ana")
    assert own.principal.managed == {WORKSHOP}

    arrival = comes_back(access, left(access), sub="subject-ana")

    assert arrival.started is not None
    who = resume_session(arrival.started.token, access=access)
    assert who is not None
    assert who.principal.managed == frozenset()
    assert who.principal.structures == {TOWN}
    access.organisations.save(replace(SIGN_IN, active=False, version=2), known=SIGN_IN)
    assert resume_session(arrival.started.token, access=access) is None


def test_account_made_for_an_address_is_its_owners_alone_once_they_activate_it(access: AccessPorts) -> None:
    made = comes_back(access, left(access), email="ceo@example.fr").user
    token = new_link(made.id, LinkPurpose.ACTIVATION, access=access)

    activate(token, PASSWORD, access=access)
    takes_app(access, made.id)

    assert access.organisations.identities_of(made.id) == ()
    with pytest.raises(OrganisationKnownError):
        comes_back(access, left(access), email="ceo@example.fr")


def test_session_of_an_organisation_touches_nothing_of_the_rest_of_the_account(
    access: AccessPorts, clock: StillClock
) -> None:
    token, own = connect(access, sub="subject-ana")
    clock.advance(minutes=1)
    arrival = comes_back(access, left(access), sub="subject-ana")
    assert arrival.started is not None
    who = resume_session(arrival.started.token, access=access)
    assert who is not None

    (listed,) = list_sessions(who, access=access)
    assert listed.is_this
    assert len(list_sessions(own, access=access)) == 2
    end_sessions_beside(who.session, access=access)
    with pytest.raises(NotFoundError):
        end_session_of(who.session, session_name(own.session), access=access)
    assert resume_session(token, access=access) is not None
    with pytest.raises(FactorNeededError):
        change_password(who, present=PASSWORD, new="une autre longue phrase de passe", access=access)
    assert is_own(who.principal, who.user.id, structure=TOWN)
    assert not is_own(who.principal, who.user.id, structure=WORKSHOP)
    with pytest.raises(ForbiddenError):  # the sandbox that there may be is not in sight
        require_person(who.principal)
    require_person(own.principal)


def test_ways_in_are_counted_for_a_day(access: AccessPorts, clock: StillClock) -> None:
    for _ in range(MOST_A_DAY):
        comes_back(access, left(access))
    with pytest.raises(AccountLockedError) as locked:
        comes_back(access, left(access))
    clock.advance(minutes=24 * 60)
    assert locked.value.until <= clock.now()
    assert comes_back(access, left(access)).started is not None


def test_account_that_is_there_already_is_not_taken_over(access: AccessPorts) -> None:
    with pytest.raises(OrganisationKnownError):
        comes_back(access, left(access), email="ana@example.fr")
    assert access.organisations.identity(ISSUER, "subject-1") is None

    connect(access, sub="subject-ana")
    assert "organisation" in mails_of(access)[-1].text
    with pytest.raises(OrganisationKnownError):  # the same address, but not the same person
        comes_back(access, left(access), sub="subject-2", email="ana@example.fr")


def test_connecting_needs_ones_own_address_session_and_a_fresh_factor(
    access: AccessPorts, clock: StillClock
) -> None:
    for changes in ({"email": "bob@example.fr"}, {"email_verified": False}, {"siret": OTHER_SIRET}):
        with pytest.raises(OrganisationPersonError):
            connect(access, **changes)
        clock.advance(minutes=1)
    token, who = signed_in(access)
    asked = parse_qs(urlsplit(leave_to_connect(token, SIRET, who, access=access)).query)
    provider(access).speak_of(clock.now(), asked["nonce"][0], email="ana@example.fr")
    with pytest.raises(OrganisationLateError):
        return_from_organisation(
            token, Returned(structure=TOWN, state=asked["state"][0], code="c"), access=access
        )
    clock.advance(minutes=11)
    with pytest.raises(FactorNeededError):
        leave_to_connect(token, SIRET, who, access=access)


def test_subject_opens_one_account_and_is_disconnected_with_its_sessions(
    access: AccessPorts, clock: StillClock
) -> None:
    _, who = connect(access, sub="subject-ana")
    arrival = comes_back(access, left(access), sub="subject-ana")
    assert arrival.started is not None
    assert [each.name for each in list_organisations(who, access=access)] == ["Ville de Lutèce"]
    clock.advance(minutes=1)
    with pytest.raises(AlreadyExistsError):
        connect(access, sub="subject-ana")

    disconnect_organisation(TOWN, who, access=access)

    assert resume_session(arrival.started.token, access=access) is None
    with pytest.raises(OrganisationPersonError):
        comes_back(access, left(access), sub="subject-ana", email=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"siret": OTHER_SIRET},
        {"siret": None},
        {"siret": "00000000000000"},
        {"email": None},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email": "a@b\nBcc: c@d"},
    ],
)
def test_person_of_another_structure_or_with_an_unverified_address_is_refused(
    access: AccessPorts, changes: dict[str, Any]
) -> None:
    with pytest.raises(OrganisationPersonError):
        comes_back(access, left(access), **changes)


def test_provider_that_verifies_all_addresses_need_not_say_so(access: AccessPorts) -> None:
    access.organisations.save(replace(SIGN_IN, vouches=True, version=2), known=SIGN_IN)

    assert comes_back(access, left(access), email_verified=None).started is not None
    with pytest.raises(OrganisationPersonError):
        comes_back(access, left(access), sub="subject-2", email="b@lutece.example", email_verified=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": ["choriste", "another"]},
        {"aud": ["choriste", "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
)
def test_token_that_says_anything_else_proves_nothing(access: AccessPorts, changes: dict[str, Any]) -> None:
    with pytest.raises(OrganisationRefusedError):
        comes_back(access, left(access), **changes)


def _unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "kid": "key-1"}, claims)
    texts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join(texts) + "."


def test_token_without_a_signature_by_the_providers_key_proves_nothing(access: AccessPorts) -> None:
    asked = left(access)
    speaker = provider(access)
    speaker.speak_of(access.clock.now(), asked["nonce"])
    shared = jwk.OctKey.import_key("what the provider and we might share: " + "a" * 64)
    forged = (
        _unsigned(speaker.claims),
        jwt.encode({"alg": "HS256", "kid": "key-1"}, speaker.claims, shared),
        jwt.encode({"alg": "RS256", "kid": "key-1"}, speaker.claims, a_key()),
        jwt.encode({"alg": "RS256", "kid": "unknown"}, speaker.claims, a_key("unknown")),
        "no.token.at all",
        "x" * 20_000,
    )
    for token in forged:
        again = left(access)
        speaker.token = token
        with pytest.raises(OrganisationRefusedError):
            comes_back(access, again)


def test_key_that_was_rotated_is_read_anew(access: AccessPorts) -> None:
    speaker = provider(access)
    speaker.key = speaker.rotated = a_key("key-2")
    speaker.header = {"alg": "RS256", "kid": "key-2"}

    assert comes_back(access, left(access)).started is not None


def test_way_back_works_once_in_its_browser_for_ten_minutes(access: AccessPorts, clock: StillClock) -> None:
    asked = left(access)
    with pytest.raises(OrganisationLateError):
        comes_back(access, {**asked, "state": "forged"})
    with pytest.raises(OrganisationLateError):
        return_from_organisation(
            "other browser", Returned(structure=TOWN, state=asked["state"], code="c"), access=access
        )
    assert comes_back(access, asked).started is not None
    with pytest.raises(OrganisationLateError):
        comes_back(access, asked)
    late = left(access)
    clock.advance(minutes=10)
    with pytest.raises(OrganisationLateError):
        comes_back(access, late)


def test_answer_of_another_provider_or_of_an_error_is_refused(access: AccessPorts) -> None:
    for changes in ({"issuer": "https://evil.example"}, {"error": "access_denied"}, {"code": ""}):
        returned = replace(Returned(structure=TOWN, state=left(access)["state"], code="code"), **changes)  # type: ignore[arg-type]
        with pytest.raises(OrganisationRefusedError):
            return_from_organisation("browser", returned, access=access)


def test_code_of_one_organisation_is_shown_to_no_other(access: AccessPorts) -> None:
    """A provider that sends a victim on to another's must get no code of that one (mix-up)."""
    evil = replace(SIGN_IN, structure=StructureId(WORKSHOP), issuer=EVIL, served=(StructureId(WORKSHOP),))
    access.organisations.save(evil, known=None)
    there = leave_to_sign_in("victim", OTHER_SIRET, place="/", access=access)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert asked["redirect_uri"] != left(access)["redirect_uri"]

    with pytest.raises(OrganisationRefusedError):  # the honest provider sends back to its own way only
        return_from_organisation("victim", back(asked["state"]), access=access)
    assert provider(access).redeemed == []

    provider(access).names_itself = True
    nameless = back(left(access)["state"])
    with pytest.raises(OrganisationRefusedError):
        return_from_organisation("browser", nameless, access=access)
    assert provider(access).redeemed == []


def test_structure_is_served_while_one_person_manages_it_and_the_organisation(access: AccessPorts) -> None:
    both = replace(SIGN_IN, served=(StructureId(TOWN), StructureId(WORKSHOP)), version=2)
    access.organisations.save(both, known=SIGN_IN)
    with pytest.raises(OrganisationPersonError):  # Ana manages the workshop; nobody the town
        comes_back(access, left(access), siret=OTHER_SIRET)
    with pytest.raises(OrganisationUnknownError):
        leave_to_sign_in("browser", OTHER_SIRET, place="/", access=access)
    connect(access, sub="subject-ana")
    access.organisations.save(replace(both, by_operator=True, version=3), known=both)
    arrival = comes_back(access, left(access), sub="subject-ana", siret=OTHER_SIRET)
    assert arrival.started is not None
    who = resume_session(arrival.started.token, access=access)
    assert who is not None
    assert who.principal.managed == {WORKSHOP}

    workshop = access.directory.structure(WORKSHOP)
    assert workshop is not None
    access.directory.replace_structure(replace(workshop, active=False), known=workshop)
    who = resume_session(arrival.started.token, access=access)
    assert who is not None
    assert who.principal.structures == {TOWN}


def test_claims_told_apart_must_be_of_the_same_person(access: AccessPorts) -> None:
    speaker = provider(access)
    person = {"sub": "subject-1", "email": "ines@lutece.example", "email_verified": True, "siret": SIRET}
    speaker.told = json.dumps(person)
    assert comes_back(access, left(access), email=None, siret=None).user.email == "ines@lutece.example"

    speaker.told = jwt.encode(speaker.header, {**person, "iss": ISSUER, "aud": "choriste"}, speaker.key)
    assert comes_back(access, left(access), email=None, siret=None).started is not None  # as ProConnect does
    for told in (
        json.dumps({**person, "sub": "subject-2"}),
        jwt.encode(speaker.header, {**person, "iss": ISSUER, "aud": "another"}, speaker.key),
        jwt.encode(speaker.header, {**person, "iss": ISSUER, "aud": "choriste"}, a_key()),
        "<html>",
    ):
        speaker.told = told
        with pytest.raises(OrganisationRefusedError):
            comes_back(access, left(access), email=None, siret=None)


def test_unknown_suspended_or_silent_organisations_lead_nowhere(access: AccessPorts) -> None:
    for siret in (OTHER_SIRET, "1", ""):
        with pytest.raises(OrganisationUnknownError):
            leave_to_sign_in("browser", siret, place="/", access=access)
    provider(access).silent = True
    with pytest.raises(OrganisationUnavailableError):
        left(access)
    access.organisations.save(replace(SIGN_IN, active=False, version=2), known=SIGN_IN)
    with pytest.raises(OrganisationUnknownError):
        left(access)


def test_operator_and_closed_accounts_are_signed_in_by_nobody_else(access: AccessPorts) -> None:
    operator = a_user("u9", email="op@example.fr", operator=True)
    enrol(access, operator)
    with pytest.raises(OrganisationKnownError):
        comes_back(access, left(access), email="op@example.fr")
    connect(access, sub="subject-ana")
    accounts: Any = access.accounts
    accounts.replace_user(replace(a_user(), active=False))
    with pytest.raises(OrganisationPersonError):
        comes_back(access, left(access), sub="subject-ana")


def test_way_out_leads_through_the_provider(access: AccessPorts, clock: StillClock) -> None:
    connect(access, sub="subject-ana")
    arrival = comes_back(access, left(access), sub="subject-ana")
    assert arrival.started is not None
    who = resume_session(arrival.started.token, access=access)
    assert who is not None
    clock.advance(minutes=1)

    there = way_out(who, access=access)

    asked = parse_qs(urlsplit(there or "").query)
    assert (there or "").startswith(f"{ISSUER}/logout?")
    assert asked["post_logout_redirect_uri"] == ["https://choriste.example/sign-in?notice=signed-out"]
    assert asked["id_token_hint"] == [who.session.id_token]
    assert way_out(signed_in(access)[1], access=access) is None
    provider(access).silent = True
    assert way_out(who, access=access) is None


def test_word_of_an_organisation_is_no_password_to_ask_for_a_factor_reset(
    access: AccessPorts, clock: StillClock
) -> None:
    connect(access, sub="subject-ana")
    clock.advance(minutes=1)
    started = comes_back(access, left(access), sub="subject-ana", amr=["pwd"]).started
    assert started is not None
    assert started.session.stage is SessionStage.AWAITS_CODE

    with pytest.raises(SessionEndedError):
        ask_for_reset_of_factors(started.token, access=access)
