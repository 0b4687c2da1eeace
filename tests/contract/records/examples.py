"""One record of each kind with as little as it may hold, and one with everything: what the items hold.

The records never change with the code: when a record gets a new field, it gets a new example, and those
here say what the older schemas read as.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from choriste.application.access.organisation_records import (
    Departure,
    OrganisationIdentity,
    OrganisationSignIn,
)
from choriste.application.access.records import (
    AccessToken,
    ApiClient,
    Challenge,
    ChallengePurpose,
    ClientDay,
    Credentials,
    FactorReset,
    Joining,
    LinkPurpose,
    OneTimeLink,
    Refusal,
    ResetState,
    SecurityKey,
    Session,
    SessionStage,
    TechnicalAccount,
)
from choriste.domain.access.principal import PrincipalKind
from choriste.domain.access.user import (
    Habilitation,
    Language,
    Level,
    Membership,
    NoticeRhythm,
    Space,
    StructureRole,
    User,
    UserId,
)
from choriste.domain.deposits.flow import Channel, Document, Flow, Outcome
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.deposits.supplier_record import RecentInvoice, SupplierRecord, UsualAccount
from choriste.domain.drafts.draft import Draft, DraftReading, ReadValue
from choriste.domain.exchange.partner import Dispatch, Partner
from choriste.domain.invoice.model import Address
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import Frame, ReasonCode, Role, Status
from choriste.domain.members.act import ActKind, AdministrativeAct
from choriste.domain.members.merger import Merger
from choriste.domain.members.request import AccessRequest, RequestId, RequestState
from choriste.domain.members.transfer import ManagerTransfer, TransferState
from choriste.domain.parties.bank_details import BankAccount, BankChange, BankDetails
from choriste.domain.parties.mandate import Mandate, MandateFile, MandateState, MandateStep, Scope
from choriste.domain.parties.structure import (
    Closing,
    ClosingReason,
    IdentifierKind,
    RegistryStanding,
    Service,
    ServiceCode,
    Structure,
    StructureContact,
    StructureId,
    StructureIdentifier,
    StructureKind,
    StructureSettings,
)
from choriste.domain.sandbox.sandbox import FlowAnswer, Sandbox, Switch
from choriste.domain.sandbox.world import SandboxId
from choriste.domain.shared.editions import Edition
from choriste.domain.shared.findings import Finding, Message, Severity, Verdict
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import (
    Assignee,
    AttachedFile,
    FileKind,
    InvoiceHead,
    PartyReference,
    StatusChange,
)
from tests.contract.records.example_invoice import SPARSE_INVOICE, WHOLE_INVOICE

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 11, 24, 16, 30, 0, 250_000, tzinfo=dt.UTC)
HASH = "0f" * 32

_ONE_SERVICE = Service(code=ServiceCode("ECOLES"), name="Écoles")
_SERVICES = (
    _ONE_SERVICE,
    Service(code=ServiceCode("FETES"), name="Fêtes", active=False, engagement_mandatory=True),
)
_EVERY_SETTING = StructureSettings(
    engagement_mandatory=True,
    service_mandatory=True,
    either_mandatory=True,
    is_state=True,
    validation_step=True,
    payment_unreported=True,
)
STRUCTURES = (
    Structure(
        id=StructureId("2001"),
        identifier=StructureIdentifier.siret("83214569200014"),
        name="Atelier des Cimes SAS",
        kind=StructureKind.PRIVATE,
    ),
    Structure(
        id=StructureId("1001"),
        identifier=StructureIdentifier(IdentifierKind.EU_VAT, "FR80832145692"),
        name="Commune de Valbrume",
        kind=StructureKind.PUBLIC,
        active=False,
        settings=_EVERY_SETTING,
        services=_SERVICES,
        address=Address(city="Valbrume", country="FR"),
        vat_number="FR80832145692",
    ),
    Structure(
        id=StructureId("2600000000000001"),
        identifier=StructureIdentifier(IdentifierKind.NON_EU, "CHHELVETIA SA"),
        name="Helvetia SA",
        kind=StructureKind.PRIVATE,
        active=False,
        settings=StructureSettings(is_moa=True, is_moa_only=True, issues=False, receives=False),
        services=(
            Service(
                code=ServiceCode("VENTES"),
                name="Ventes",
                active=False,
                description="Factures de vente",
                since=dt.date(2026, 1, 2),
                until=dt.date(2026, 11, 23),
            ),
        ),
        address=Address(
            line1="1 quai du Rhône",
            line2="Bâtiment A",
            line3="BP 1",
            postcode="1200",
            city="Genève",
            subdivision="GE",
            country="CH",
        ),
        contact=StructureContact(email="factures@helvetia.example", telephone="+41 22 000 00 00"),
        closing=Closing(at=LATER, reason=ClosingReason.MERGED, by="u-2", text="Absorbée"),
        registry=RegistryStanding(
            verified_at=AT, closed_on=dt.date(2026, 11, 1), warned_at=AT, undisclosed=True, check_at=LATER
        ),
    ),
)

_FIRST_ACCOUNT = BankAccount(id="1", label="Compte courant", iban="FR7630006000011234567890189")
_FACTOR = BankAccount(
    id="1",
    label="Affacturage",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    holder="Factor AG",
    active=False,
)
SANDBOX = Sandbox(
    id=SandboxId("9000000000001"),
    owner=UserId("u-1"),
    opened_at=AT,
    days=14,
    switches=(
        Switch(
            operation="factures/v1/deposer/flux",
            status=503,
            code=20001,
            label="GDP_MSG_11.005",
            flow_state=FlowAnswer.INCIDENT,
            seconds=5,
            times=None,
        ),
        Switch(),
    ),
    version=2,
)

MANDATE = Mandate(
    id="20261123090000AAAAAAAA",
    giver=StructureId("2001"),
    giver_name="Atelier",
    holder=StructureId("1001"),
    holder_name="Cabinet",
    scopes=(Scope.DEPOSIT, Scope.FOLLOW, Scope.ANSWER),
    since=dt.date(2026, 11, 1),
    until=dt.date(2027, 11, 1),
    state=MandateState.ACCEPTED,
    version=2,
    files=(
        MandateFile(
            name="m.pdf", key="mandates/1/m.pdf", size=9, sha256="0" * 64, mime_type="application/pdf"
        ),
    ),
    steps=(
        MandateStep(
            at=AT,
            by="u-1",
            by_name="Ana Petit",
            side=StructureId("2001"),
            state=MandateState.PROPOSED,
            file="m.pdf",
        ),
        MandateStep(
            at=LATER,
            by="u-2",
            by_name="Bo",
            side=StructureId("1001"),
            state=MandateState.ACCEPTED,
            reason="Signé",
        ),
    ),
)
BANK_DETAILS = BankDetails(
    structure=StructureId("2001"),
    version=2,
    accounts=(_FACTOR,),
    changes=(
        BankChange(at=AT, by="u-1", by_name="Ana Petit", before=None, after=_FIRST_ACCOUNT),
        BankChange(
            at=LATER,
            by="u-1",
            by_name="Ana Petit",
            before=replace(_FIRST_ACCOUNT, bic="BNPAFRPP", holder="Atelier"),
            after=_FACTOR,
        ),
    ),
)

_PLAIN_RIGHT = Habilitation(structure=StructureId("2001"), space=Space.ISSUE)
_SERVICE_RIGHT = Habilitation(
    structure=StructureId("1001"), space=Space.RECEIVE, level=Level.MODIFY, service=ServiceCode("ECOLES")
)
USERS = (
    User(id=UserId("u-1"), email="ana@example.fr", name="Ana Petit"),
    User(
        id=UserId("u-2"),
        email="bo@example.fr",
        name="Bo Élie",
        language=Language.ENGLISH,
        operator=True,
        memberships=(
            Membership(structure=StructureId("2001")),
            Membership(structure=StructureId("1001"), role=StructureRole.PRIMARY_MANAGER),
        ),
        rights=frozenset({_SERVICE_RIGHT}),
        notices=NoticeRhythm.NONE,
    ),
    User(id=UserId("u-3"), email="cy@example.fr", name="Cy", active=False, rights=frozenset({_PLAIN_RIGHT})),
)
SUSPENDED_USER = User(
    id=UserId("u-9"),
    email="lea@example.fr",
    name="Léa",
    memberships=(Membership(structure=StructureId("2001"), active=False),),
    rights=frozenset({_PLAIN_RIGHT}),
)
REACHED_USER = User(
    id=UserId("u-10"),
    email="new@example.fr",
    name="Noé",
    contact="service@example.fr",
    notices=NoticeRhythm.AT_ONCE,
)
FACTOR_RESETS = (
    FactorReset(user=REACHED_USER.id, structure=StructureId("2001"), asked_at=AT),
    FactorReset(
        user=UserId("u-2"),
        structure=None,
        asked_at=AT,
        state=ResetState.GRANTED,
        decided_by="u-1",
        opens_at=LATER,
        version=2,
    ),
)
ACTS = (
    AdministrativeAct(
        id="0A1B2C3D4E5F",
        at=AT,
        kind=ActKind.USER_DEACTIVATED,
        actor="u-2",
        actor_name="Bo Élie",
        actor_kind=PrincipalKind.USER,
        structure="2001",
        account="u-9",
        subject="Léa",
        before={"state": "active"},
        after={"state": "suspended"},
    ),
    AdministrativeAct(
        id="0A1B2C3D4E60",
        at=LATER,
        kind=ActKind.ACCESS_EXPIRED,
        actor="sweeper",
        actor_name="sweeper",
        actor_kind=PrincipalKind.PLATFORM,
        structure=None,
        account="u-1",
        subject="Ana Petit",
    ),
)
REQUESTS = (
    AccessRequest(
        id=RequestId("00217900000000aaaaaaaaaa"),
        requester=UserId("u-1"),
        requester_name="Ana Petit",
        structure=StructureId("2001"),
        service=None,
        rights=frozenset({_PLAIN_RIGHT}),
        joins=True,
        comment="",
        requested_at=AT,
    ),
    AccessRequest(
        id=RequestId("00217900000001bbbbbbbbbb"),
        requester=UserId("u-1"),
        requester_name="Ana Petit",
        structure=StructureId("1001"),
        service=ServiceCode("ECOLES"),
        rights=frozenset({_SERVICE_RIGHT}),
        joins=False,
        comment="Je remplace Paul.",
        requested_at=AT,
        state=RequestState.REFUSED,
        reminded_at=LATER,
        decided_at=LATER,
        decided_by="u-2",
        decider_name="Bo Élie",
        reason="Paul revient lundi.",
        version=2,
    ),
)
TRANSFERS = (
    ManagerTransfer(
        structure=StructureId("1001"),
        holder=None,
        receiver=UserId("u-1"),
        state=TransferState.DONE,
        begun_at=AT,
        begun_by="u-2",
        begun_by_name="Bo Élie",
    ),
    ManagerTransfer(
        structure=StructureId("2001"),
        holder=UserId("u-1"),
        receiver=UserId("u-2"),
        state=TransferState.ANNOUNCED,
        begun_at=AT,
        begun_by="op-1",
        begun_by_name="Fatou",
        reason="Partie.",
        confirmed_by="op-2",
        confirmed_by_name="Farid",
        settles_at=LATER,
    ),
)
MERGERS = (
    Merger(
        absorbed=StructureId("2002"),
        absorbing=StructureId("2001"),
        services={"ECOLES": "", "": "FETES"},
        manager=UserId("u-1"),
        begun_at=AT,
        begun_by="op-1",
        begun_by_name="Fatou",
        due_at=LATER,
    ),
)
CREDENTIALS = (
    Credentials(user=UserId("u-1"), password_hash="scrypt$1", totp_secret="JBSWY3DPEHPK3PXP"),
    Credentials(user=UserId("u-2"), password_hash="scrypt$2", totp_secret="JBSWY3DPEHPK3PXQ", last_step=58),
    Credentials(user=UserId("u-3"), password_hash="scrypt$3", totp_secret="JBSWY3DPEHPK3PXR", last_step=59),
)
NEW_USER = User(id=UserId("u-4"), email="di@example.fr", name="Di")
NEW_CREDENTIALS = Credentials(user=NEW_USER.id, password_hash=None, totp_secret=None)
FULL_CREDENTIALS = Credentials(
    user=NEW_USER.id,
    password_hash="$argon2id$1",
    totp_secret="JBSWY3DPEHPK3PXS",
    recovery_codes=("aa11", "bb22"),
    security_keys=(
        SecurityKey(id="Y2xl", public_key="cHVi", name="Clé bleue", added_at=AT),
        SecurityKey(id="cGFz", public_key="a2V5", name="Téléphone", added_at=LATER, uses=7),
    ),
    version=2,
)
LINK = OneTimeLink(
    token_hash="dd" * 32,
    purpose=LinkPurpose.ACTIVATION,
    user=NEW_USER.id,
    expires_at=LATER,
    joining=Joining(siret="21690123100011", name="Valbrume", postcode="69123", city="Valbrume"),
)
CHALLENGES = (
    Challenge(token_hash="ee" * 32, purpose=ChallengePurpose.PROVE, user=NEW_USER.id, expires_at=LATER),
    Challenge(token_hash="ff" * 32, purpose=ChallengePurpose.SIGN_IN, expires_at=LATER),
)
ADDRESS_LINK = OneTimeLink(
    token_hash="ee" * 32,
    purpose=LinkPurpose.CONTACT_ADDRESS,
    user=REACHED_USER.id,
    expires_at=LATER,
    address="service@example.fr",
)
ORGANISATION_SIGN_INS = (
    OrganisationSignIn(
        structure=StructureId("1001"),
        issuer="https://identite.example",
        client_id="choriste",
        secret="kms:AQ==",
        served=(StructureId("1001"), StructureId("1002")),
        strong=("eidas2",),
        vouches=True,
    ),
    OrganisationSignIn(
        structure=StructureId("1001"),
        issuer="https://identite.example",
        client_id="choriste",
        secret="kms:AQ==",
        served=(StructureId("1001"),),
        strong=("eidas2",),
        active=False,
        version=2,
    ),
    OrganisationSignIn(
        structure=StructureId("1001"),
        issuer="https://identite.example",
        client_id="choriste",
        secret="kms:AQ==",
        served=(StructureId("1001"),),
        strong=("eidas2",),
        version=3,
        by_operator=True,
    ),
)
IDENTITY = OrganisationIdentity(
    user=NEW_USER.id,
    structure=StructureId("1001"),
    issuer="https://identite.example",
    subject="subject-1",
    connected_at=AT,
)
DEPARTURES = (
    Departure(
        token_hash="aa" * 32,
        structure=StructureId("1001"),
        nonce="n",
        verifier="v",
        place="/invoices",
        expires_at=LATER,
    ),
    Departure(
        token_hash="bb" * 32,
        structure=StructureId("1001"),
        nonce="n",
        verifier="v",
        place="/account",
        expires_at=LATER,
        user=NEW_USER.id,
    ),
)
ORGANISATION_SESSION = Session(
    token_hash="ab" * 32,
    user=UserId("u-5"),
    stage=SessionStage.SIGNED_IN,
    started_at=AT,
    expires_at=LATER,
    ends_at=LATER,
    organisation=StructureId("1001"),
    id_token="a.b.c",
)
TECHNICAL_ACCOUNTS = (
    TechnicalAccount(
        login="TECH_1_00000001@cpro.fr",
        structure=StructureId("2001"),
        name="Passerelle",
        secret_hash="scrypt$4",
        expires_at=LATER,
    ),
    TechnicalAccount(
        login="TECH_1_00000002@cpro.fr",
        structure=StructureId("2001"),
        name="Ancienne",
        secret_hash="scrypt$5",
        expires_at=AT,
        rights=frozenset({_SERVICE_RIGHT}),
        active=False,
        version=2,
    ),
    TechnicalAccount(
        login="TECH_1_00000003@cpro.fr",
        structure=StructureId("2001"),
        name="Bientôt expirée",
        secret_hash="scrypt$8",
        expires_at=LATER,
        version=2,
        warned=7,
    ),
)
API_CLIENTS = (
    ApiClient(client_id="c-1", structure=None, name="Exploitation", secret_hash="scrypt$6"),
    ApiClient(
        client_id="c-2",
        structure=StructureId("2001"),
        name="Connexion",
        secret_hash="scrypt$7",
        rights=frozenset({_SERVICE_RIGHT}),
        active=False,
        version=2,
        revoked=True,
    ),
    ApiClient(
        client_id="c-3",
        structure=StructureId("2001"),
        name="Suspendue",
        secret_hash="scrypt$9",
        active=False,
        version=2,
    ),
)
PARTNERS = (
    Partner(code="ABC001", structure=StructureId("101"), name="ERP", registered_at=AT),
    Partner(
        code="ABC002",
        structure=StructureId("101"),
        name="Other",
        registered_at=AT,
        rights=frozenset(
            {
                Habilitation(
                    structure=StructureId("101"),
                    space=Space.ISSUE,
                    level=Level.MODIFY,
                    service=ServiceCode("ECOLES"),
                )
            }
        ),
        pivots=False,
        statuses=False,
        role="arn:aws:iam::123456789012:role/erp",
        external_id="an-external-id",
        active=False,
        version=2,
    ),
)
DISPATCHES = (
    Dispatch(
        partner="ABC001",
        subject="statuses#1",
        interface="FEN1201A",
        number="ABC0011201000000000000001",
        first=1,
        last=3,
        begun_at=AT,
    ),
    Dispatch(
        partner="ABC001",
        subject="statuses#1",
        interface="FEN1201A",
        number="ABC0011201000000000000002",
        first=4,
        last=4,
        begun_at=AT,
        sent_at=LATER,
    ),
)
CLIENT_REFUSAL = Refusal(at=AT, operation="POST /v1/deposits", status=403, code="forbidden")
CLIENT_DAY = ClientDay(day=AT.date(), tokens=1, refusals=1, by_cause={"POST /v1/deposits 403 forbidden": 1})
TOKEN = AccessToken(token_hash="aa" * 32, client_id="c-1", client_version=3, expires_at=LATER)
SESSIONS = (
    Session(
        token_hash="bb" * 32,
        user=UserId("u-1"),
        stage=SessionStage.AWAITS_CODE,
        started_at=LATER - dt.timedelta(minutes=10),
        expires_at=AT,
        ends_at=LATER,
    ),
    Session(
        token_hash="cc" * 32,
        user=UserId("u-2"),
        stage=SessionStage.SIGNED_IN,
        started_at=LATER - dt.timedelta(hours=8),
        expires_at=AT,
        ends_at=LATER,
        factor_at=LATER - dt.timedelta(hours=8),
    ),
)
FULL_SESSION = Session(
    token_hash="ee" * 32,
    user=UserId("u-4"),
    stage=SessionStage.AWAITS_MAILED_CODE,
    started_at=AT,
    expires_at=LATER,
    ends_at=LATER,
    factor_at=AT,
    browser="Firefox",
    challenge="12",
    challenge_until=LATER,
)

_BARE_FINDING = Finding("BR-01", Severity.FATAL, Message(fr="Une règle manque.", en="A rule is missing."))
_FINDING = Finding(
    rule="BR-CO-13",
    severity=Severity.WARNING,
    message=Message(fr="La somme est fausse.", en="The sum is wrong."),
    term="BT-109",
    location="/Invoice/cac:LegalMonetaryTotal",
    line=42,
    found="10.00",
    expected="9.00",
)
_FOLLOWING = Finding(
    rule="BR-CO-15",
    severity=Severity.FATAL,
    message=Message(fr="Suite de BR-CO-13.", en="Follows from BR-CO-13."),
    consequence_of="BR-CO-13",
)
PARTIES = NamedParties(
    frame=Frame.A9,
    validator="83214569200014",
    validator2="21690123100011",
    moe="80912345800014",
    moe_service="TRAVAUX",
    moa="20004567200017",
    previous=(InvoiceId(260_000_000_000_009),),
    adjusted=((InvoiceId(260_000_000_000_008), Decimal("12.50")),),
)
FLOWS = (
    Flow(
        id=FlowId("CPP0011117000000000000001"),
        channel=Channel.API,
        depositor="2001",
        account="u-1",
        filename="facture.xml",
        size=1024,
        sha256="11" * 32,
        key="flows/1",
        received_at=AT,
    ),
    Flow(
        id=FlowId("CPP0011117000000000000002"),
        channel=Channel.S3,
        depositor="2001",
        account="TECH_1_00000001@cpro.fr",
        filename="lot.zip",
        size=2048,
        sha256="22" * 32,
        key="flows/2",
        received_at=LATER,
        documents=2,
        accepted=frozenset({1}),
        refused=frozenset({2}),
        blocked=True,
        findings=(_BARE_FINDING, _FINDING),
        state_at=LATER,
        parties=PARTIES,
        drop="drop#partners/TECH_1_00000001@cpro.fr/lot.zip#v1",
    ),
    Flow(
        id=FlowId("CPP0011117000000000000003"),
        channel=Channel.UPLOAD,
        depositor="2001",
        account="u-1",
        filename="trop.zip",
        size=2_000_000_000,
        sha256=None,
        key="",
        received_at=AT,
        documents=0,
        findings=(_BARE_FINDING,),
        state_at=AT,
        drop="drop#uploads/2001/u-1/01/trop.zip#",
    ),
    Flow(
        id=FlowId("CPP0011117000000000000004"),
        channel=Channel.CONSOLE,
        depositor="2001",
        account="u-1",
        filename="vide.zip",
        size=22,
        sha256="44" * 32,
        key="flows/4",
        received_at=AT,
        documents=0,
        findings=(_BARE_FINDING,),
        state_at=AT,
    ),
)
PENDING = Document(
    flow_id=FLOWS[0].id,
    position=1,
    filename="facture.xml",
    size=1024,
    sha256="11" * 32,
    key="flows/1",
    invoice_id=InvoiceId(260_000_000_000_001),
)
ACCEPTED = Document(
    flow_id=FLOWS[1].id,
    position=1,
    filename="un.pdf",
    size=900,
    sha256="55" * 32,
    key="flows/2/1",
    invoice_id=InvoiceId(260_000_000_000_002),
    outcome=Outcome.ACCEPTED,
    syntax=Syntax.FACTURX,
    profile="EN 16931",
    number="F-2",
    verdict=Verdict.VALID,
    findings=(_FINDING,),
)
REFUSED = replace(
    PENDING,
    flow_id=FLOWS[1].id,
    position=2,
    invoice_id=InvoiceId(260_000_000_000_003),
    outcome=Outcome.REFUSED,
    syntax=Syntax.UBL_INVOICE,
    number="F-2",
    verdict=Verdict.INVALID,
    findings=(_BARE_FINDING,),
    duplicate_of=InvoiceId(260_000_000_000_002),
)

FOLDED_FLOW = Flow(
    id=FlowId("CPP0011117000000000000005"),
    channel=Channel.API,
    depositor="2009",
    account="u-1",
    filename="suite.xml",
    size=22,
    sha256="66" * 32,
    key="flows/5",
    received_at=AT,
    documents=1,
    refused=frozenset({1}),
    findings=(_FINDING, _FOLLOWING),
    state_at=AT,
)
FOLDED_DOCUMENT = replace(
    PENDING,
    flow_id=FOLDED_FLOW.id,
    invoice_id=InvoiceId(260_000_000_000_005),
    outcome=Outcome.REFUSED,
    verdict=Verdict.INVALID,
    findings=(_FINDING, _FOLLOWING),
)
JUDGED_FLOW = replace(FOLDED_FLOW, id=FlowId("CPP0011117000000000000006"), key="flows/6", sha256="67" * 32)
JUDGED_DOCUMENT = replace(
    FOLDED_DOCUMENT,
    flow_id=JUDGED_FLOW.id,
    invoice_id=InvoiceId(260_000_000_000_006),
    judged_by=(Edition("en16931", "EN 16931", "1.3.16"), Edition("brfr", "BR-FR flux 2", "1.4.0.04")),
)

SUPPLIER_RECORD = SupplierRecord(
    supplier="2001",
    version=2,
    off=frozenset({"CHO-W-LINE"}),
    accounts=(UsualAccount("77" * 16, "0189", 3),),
    recent=(RecentInvoice("F-2", "88" * 16),),
)

_SUPPLIER = PartyReference(identifier="83214569200014", name="Atelier des Cimes SAS", structure="2001")
_NOBODY = PartyReference(identifier="21690123100011", name="Commune de Valbrume")
_ORIGINAL = AttachedFile(
    kind=FileKind.ORIGINAL,
    name="un.pdf",
    key="flows/2/1",
    size=900,
    sha256="55" * 32,
    mime_type="application/pdf",
)
BARE_HEAD = InvoiceHead(
    id=PENDING.invoice_id,
    version=1,
    frame=Frame.A1,
    status=Status.DEPOSEE,
    status_at=AT,
    number="F-1",
    issue_date=dt.date(2026, 11, 20),
    type_code="380",
    currency="EUR",
    without_vat=Decimal("100.00"),
    vat=Decimal("20.00"),
    with_vat=Decimal("120.00"),
    due=Decimal("120.00"),
    supplier=_SUPPLIER,
    recipient=_NOBODY,
    service_code=None,
    engagement=None,
    contract=None,
    flow_id=FLOWS[0].id,
    position=1,
    channel=Channel.API,
    depositor="2001",
    account="u-1",
    deposited_at=AT,
    syntax=Syntax.CII,
    profile=None,
)
WHOLE_HEAD = replace(
    BARE_HEAD,
    id=ACCEPTED.invoice_id,
    version=2,
    frame=Frame.A9,
    status=Status.REFUSEE_1,
    status_at=LATER,
    number="F-2",
    recipient=replace(_NOBODY, structure="1001"),
    service_code="ECOLES",
    engagement="ENG-1",
    contract="MARCHE-1",
    flow_id=FLOWS[1].id,
    channel=Channel.S3,
    syntax=Syntax.FACTURX,
    profile="EN 16931",
    validator_1=_SUPPLIER,
    validator_2=replace(_SUPPLIER, structure="2002"),
    moe=replace(_SUPPLIER, structure="2003"),
    moa=replace(_SUPPLIER, structure="2004"),
    is_state=True,
    validation_step=True,
    reject_corrects=True,
    overdue=True,
    payment_unreported=True,
    moe_service="TRAVAUX",
    moe_available_at=LATER,
    previous=(InvoiceId(260_000_000_000_009),),
    answered_by=InvoiceId(260_000_000_000_010),
    billing_file=InvoiceId(260_000_000_000_009),
    adjusted=((InvoiceId(260_000_000_000_008), Decimal("12.50")),),
    assignee=Assignee("u-2", "Bo Élie"),
    accounting_reference="C-2026-1",
    files=(
        _ORIGINAL,
        replace(_ORIGINAL, kind=FileKind.ATTACHMENT, name="plan.pdf", key="flows/2/a", category="Plan"),
    ),
    due_at=LATER + dt.timedelta(days=8),
    reason_code=ReasonCode.MONTANT_ERR,
    reason_text="Montant erroné",
    taken_up_by=InvoiceId(260_000_000_000_011),
    audit_hash=HASH,
)
FETCHED_HEAD = replace(
    BARE_HEAD,
    id=InvoiceId(260_000_000_000_004),
    number="F-4",
    supplier=replace(_SUPPLIER, structure="2005"),
    downloaded=True,
    rejection_closed=True,
)
DATED_HEAD = replace(
    BARE_HEAD,
    id=InvoiceId(260_000_000_000_007),
    number="F-7",
    supplier=replace(_SUPPLIER, structure="2006"),
    payment_due=dt.date(2026, 12, 20),
)
SUBMITTED = StatusChange(
    invoice_id=BARE_HEAD.id,
    version=1,
    at=AT,
    transition="submit",
    before=None,
    after=Status.DEPOSEE,
    role=Role.SUPPLIER,
    actor="u-1",
    actor_name="Atelier des Cimes SAS",
)
REFUSAL = StatusChange(
    invoice_id=WHOLE_HEAD.id,
    version=2,
    at=LATER,
    transition="refuse",
    before=Status.DEPOSEE,
    after=Status.REFUSEE_1,
    role=Role.VALIDATOR_1,
    actor="u-2",
    actor_name="Bo Élie",
    reason_code=ReasonCode.MONTANT_ERR,
    reason_text="Montant erroné",
    note=Message(fr="La pièce a répondu.", en="The piece answered."),
    text="Voir le plan.",
)

DRAFTS = (
    Draft(
        id=InvoiceId(260_000_000_000_021),
        version=1,
        status=Status.BROUILLON,
        structure="2001",
        account="u-1",
        author="Ana Petit",
        created_at=AT,
        changed_at=AT,
        invoice=SPARSE_INVOICE,
    ),
    Draft(
        id=InvoiceId(260_000_000_000_022),
        version=2,
        status=Status.DEPOSEE,
        structure="2001",
        account="u-1",
        author="Bo Élie",
        created_at=AT,
        changed_at=LATER,
        invoice=WHOLE_INVOICE,
        parties=PARTIES,
        duplicate_of=InvoiceId(260_000_000_000_002),
        flow_id=FLOWS[1].id,
    ),
    Draft(
        id=InvoiceId(260_000_000_000_023),
        version=1,
        status=Status.INTERPRETEE_OCR,
        structure="2001",
        account="u-1",
        author="Ana Petit",
        created_at=AT,
        changed_at=AT,
        invoice=SPARSE_INVOICE,
        read=DraftReading(
            filename="facture.pdf",
            pages=1,
            values=(
                ReadValue(
                    name="number",
                    value="F-1",
                    certain=True,
                    why=Message(fr="certain", en="certain"),
                    text="Facture n° F-1",
                    page=1,
                ),
            ),
            remarks=(Message(fr="Deux factures.", en="Two invoices."),),
            recognised=True,
        ),
    ),
)
