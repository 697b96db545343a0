"""What a published notice says, whichever format it came in: plain values, nothing of our database.

A parser reads what the source wrote and changes its form, never its meaning: codes of two and three letters become
ISO 3166-1 alpha-2 and ISO 639-1, CPV loses its check digit, amounts become Decimal. Whatever it had to pass over is
in `warnings`, in words for staff. Whether a notice can become a call is for the importer to say.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a notice does to its procedure."""

    #: Announces what may be bought later, or asks the market.
    PLANNING = "planning"
    #: Invites responses; a later version of it is an amendment.
    CALL = "call"
    CANCELLATION = "cancellation"
    #: Says who was chosen, or that nobody was.
    RESULT = "result"


class Form(StrEnum):
    OCDS = "ocds"
    EFORMS = "eforms"


@dataclass(frozen=True, slots=True)
class Moment:
    """A deadline as the source gave it.

    `at` is aware and keeps the offset of the source. A source that gave a day alone has `is_day` set, and `at` is the
    last second of that day in the offset given, in UTC where there was none. `has_offset` is False where the source
    gave no offset at all: the time is then the buyer's local one, written here as if it were UTC.
    """

    at: datetime
    is_day: bool = False
    has_offset: bool = True


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number in a register; `scheme` as the source names it (GB-COH, FR-RCS, …), empty where it did not."""

    scheme: str
    number: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact point as the buyer published it."""

    name: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """A buyer."""

    name: str
    identifiers: tuple[Identifier, ...] = ()
    #: ISO 3166-1 alpha-2, empty where it is not known.
    country: str = ""
    street: str = ""
    town: str = ""
    postcode: str = ""
    #: NUTS code of its address.
    region: str = ""
    website: str = ""
    contact: Contact | None = None
    #: The code of BT-11 (eForms), empty elsewhere.
    legal_type: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """Money without VAT where the source says so; None is not said. One figure alone, an estimate, is `high`."""

    low: Decimal | None = None
    high: Decimal | None = None
    #: ISO 4217.
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that the notice points to; it stays where it is."""

    title: str
    url: str
    #: ISO 639-1, empty where it is not said.
    language: str = ""
    #: The identifiers of the lots it belongs to; empty is the whole procedure.
    lots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeLot:
    #: As the source writes it ("LOT-0001", "1").
    identifier: str
    title: str
    description: str = ""
    #: Eight digits each, the main one first.
    cpv: tuple[str, ...] = ()
    #: NUTS codes of any level; country codes of places without one are in `countries`.
    regions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    amount: Amount = Amount()
    response_deadline: Moment | None = None
    question_deadline: Moment | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    #: In which responses are taken, ISO 639-1.
    languages: tuple[str, ...] = ()
    documents_url: str = ""
    submission_url: str = ""
    #: The codes of BT-71 other than "none": reserved for sheltered workshops and the like.
    reserved_for: tuple[str, ...] = ()
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    form: Form
    kind: Kind
    #: The same for all notices of one procedure: ocid, or BT-04.
    procedure: str
    #: Of this notice alone: release id, or BT-701. Never empty: made from what it says where the source gave none.
    identifier: str
    #: As the source writes it (BT-757); empty where the format has none.
    version: str
    #: When this notice was published or sent off; orders the notices of a procedure.
    published_at: datetime
    #: ISO 639-1, of `title` and `description`; empty where it is not said.
    language: str
    title: str
    description: str
    buyers: tuple[Body, ...]
    #: A planning or a call without lots has one that is named as itself; a cancellation may have none, and no title.
    lots: tuple[NoticeLot, ...]
    #: Of the whole procedure.
    cpv: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    amount: Amount = Amount()
    response_deadline: Moment | None = None
    question_deadline: Moment | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    languages: tuple[str, ...] = ()
    #: The buyer's own number of the procedure.
    reference: str = ""
    #: "works", "supplies", "services" or empty.
    contract: str = ""
    #: "open", "restricted", "negotiated" or empty; `procedure_words` as the source has it.
    method: str = ""
    procedure_words: str = ""
    #: Where the text that counts is to be read.
    official_url: str = ""
    submission_url: str = ""
    papers: tuple[Paper, ...] = ()
    #: The notice that this one changes (BT-758), and why, in the source's words.
    changes: str = ""
    change_reason: str = ""
    #: What had to be passed over, in English, for staff.
    warnings: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Skipped:
    """A notice that was understood and is not for us: another form, old TED, an award."""

    identifier: str
    #: The name of the form: "ContractAwardNotice can-standard 29", "TED F02 R2.0.9", "OCDS contract".
    form: str
    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """What could not be read, and why, in words for staff; `place` says where: "line 12", "release 3"."""

    place: str
    reason: str


Read = Notice | Skipped | Broken
