"""Which notices there are, by the numbers and names of eForms and by those of TED before it; which of them are for us.

Notice subtypes are those of Implementing Regulation (EU) 2019/1780; E and the later letters are of the SDK, and N
before a number is what Norway calls its national notices of that form.
"""

import re
from dataclasses import dataclass

from marketplace.calls.feeds.eforms_xml import EXTENSION, Element, first, name, namespace, text
from marketplace.calls.feeds.notice import Kind, Skipped

DOCUMENTS = {
    "ContractNotice": "urn:oasis:names:specification:ubl:schema:xsd:ContractNotice-2",
    "PriorInformationNotice": "urn:oasis:names:specification:ubl:schema:xsd:PriorInformationNotice-2",
    "ContractAwardNotice": "urn:oasis:names:specification:ubl:schema:xsd:ContractAwardNotice-2",
    "BusinessRegistrationInformationNotice": (
        "http://data.europa.eu/p27/eforms-business-registration-information-notice/1"
    ),
}
OLD_TED = {"TED_EXPORT", "TED_ESENDERS"}
OLD_TED_VERSION = re.compile(r"R[0-9]\.[0-9]\.[0-9]")
OLD_TED_FORM = re.compile(r"F?0?([0-9]{1,2})", re.ASCII)

SDK = re.compile(r"eforms-sdk-([0-9]{1,3})\.([0-9]{1,3})", re.ASCII)
MAJOR, MINORS = 1, range(3, 16)

NATIONAL = re.compile(r"N(?=[0-9])")
PLANNING = {*(str(number) for number in range(1, 10)), "E1", "E2"}
CALLS = {*(str(number) for number in range(10, 25)), "E3"}

NOT_OURS = "invites nobody to respond"
AWARD = "It says who was chosen or that nobody was, and " + NOT_OURS + "."
DIRECT = "It says beforehand that a contract goes to a firm without competition, and " + NOT_OURS + "."
MODIFICATION = "It changes a contract that was awarded, and " + NOT_OURS + "."
COMPLETION = "It says that a contract has ended, and " + NOT_OURS + "."
REGISTRATION = "It tells of a company's registration, and " + NOT_OURS + "."
TRANSPORT = "It tells of public transport under Regulation (EC) No 1370/2007, and " + NOT_OURS + "."
EXPRESSIONS = "It collects names for a list of an institution of the European Union, and announces no contract."
#: By subtype, and where that is not known, by form type (BT-03).
PASSED_OVER = {
    **dict.fromkeys(("25", "26", "27", "28", "dir-awa-pre"), DIRECT),
    **dict.fromkeys((*(str(number) for number in range(29, 38)), "E4", "result"), AWARD),
    **dict.fromkeys(("38", "39", "40", "cont-modif"), MODIFICATION),
    **dict.fromkeys(("E5", "completion"), COMPLETION),
    **dict.fromkeys(("X01", "X02", "bri"), REGISTRATION),
    **dict.fromkeys(("T01", "T02"), TRANSPORT),
    "CEI": EXPRESSIONS,
}
BY_FORM_TYPE = {"planning": Kind.PLANNING, "consultation": Kind.PLANNING, "competition": Kind.CALL}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What an eForms notice says of its own form."""

    document: str
    #: BT-02, as "cn-standard".
    notice_type: str
    #: BT-03, as "competition".
    form_type: str
    #: OPP-070, without the letter of national notices.
    subtype: str
    #: As the source writes it.
    customization: str

    @property
    def title(self) -> str:
        return " ".join(part for part in (self.document, self.notice_type, self.subtype) if part)


def recognise(root: Element) -> Recognised | None:
    """What the outermost element is, None if it is no eForms notice."""
    document = name(root)
    if DOCUMENTS.get(document) != namespace(root):
        return None
    kind = first(root, "cbc:NoticeTypeCode")
    written = text(root, f"{EXTENSION}/efac:NoticeSubType/cbc:SubTypeCode")
    return Recognised(
        document=document,
        notice_type=text(kind),
        form_type="" if kind is None else kind.get("listName", ""),
        subtype=NATIONAL.sub("", written.upper()),
        customization=text(root, "cbc:CustomizationID"),
    )


def kind_of(form: Recognised) -> Kind | str:
    """What the notice does to its procedure, or why it is passed over."""
    if form.document in ("ContractAwardNotice", "BusinessRegistrationInformationNotice"):
        otherwise = AWARD if form.document == "ContractAwardNotice" else REGISTRATION
        return PASSED_OVER.get(form.subtype) or PASSED_OVER.get(form.form_type) or otherwise
    if form.subtype in PASSED_OVER:
        return PASSED_OVER[form.subtype]
    if form.subtype in PLANNING:
        return Kind.PLANNING
    if form.subtype in CALLS:
        return Kind.CALL
    return _by_form_type(form)


def _by_form_type(form: Recognised) -> Kind | str:
    if form.form_type in BY_FORM_TYPE:
        return BY_FORM_TYPE[form.form_type]
    return PASSED_OVER.get(form.form_type) or "It says of no known form to be, so that nobody can tell what it asks."


def foreign_version(form: Recognised) -> str:
    """Why this version of the standard is refused; empty where it is not."""
    written = SDK.match(form.customization)
    if written is None or int(written[1]) == MAJOR:
        return ""
    return f"It follows {written[0]}, another major version of eForms than the {MAJOR}.x that is read here."


def doubts(form: Recognised) -> list[str]:
    """What staff should know of a version that is tried all the same."""
    said = []
    written = SDK.match(form.customization)
    if not form.customization:
        said.append("It does not say by which version of eForms it was written; it was read as SDK 1.")
    elif written is None:
        said.append(f"It follows {form.customization[:80]!r}, which is not known here; it was read as eForms SDK 1.")
    elif int(written[2]) not in MINORS:
        newest = f"{MAJOR}.{MINORS[0]} to {MAJOR}.{MINORS[-1]}"
        said.append(f"It follows {written[0]}; the versions known here are {newest}. It was read all the same.")
    if form.subtype not in PLANNING | CALLS:
        said.append(f"Its notice subtype {form.subtype[:20]!r} is not known here; it was read by its form type.")
    return said


def old_ted(root: Element) -> Skipped | None:
    """A notice in the XML that TED used before eForms, None if it is none."""
    if name(root) not in OLD_TED:
        return None
    said = OLD_TED_VERSION.search(f"{root.get('VERSION', '')} {namespace(root)}")
    number = text(root, ".//{*}NO_DOC_OJS") or root.get("DOC_ID", "")
    form = " ".join(part for part in ("TED", _old_form(root), said[0] if said else "") if part)
    return Skipped(number, form, "It is in the XML that TED used before eForms, which is not read here.")


def _old_form(root: Element) -> str:
    """Its number; the name of what stands in its place where there is none. A NOTICE_UUID may stand before the form."""
    forms = [element for element in root.iterfind(".//{*}FORM_SECTION/*") if name(element) != "NOTICE_UUID"]
    for element in forms:
        if written := OLD_TED_FORM.fullmatch(element.get("FORM", "")) or OLD_TED_FORM.match(name(element)):
            return f"F{int(written[1]):02}"
    return name(forms[0]) if forms else ""
