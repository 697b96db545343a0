"""XML of strangers, read without entities, without network and within bounds."""

from lxml import etree
from lxml.etree import _Element as Element

MOST_BYTES = 16 * 2**20
#: A notice of a hundred lots with everything said has 26,000 elements, fifteen deep.
MOST_ELEMENTS = 300_000
DEEPEST = 64
LONGEST_MESSAGE = 200

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "ext": "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2",
    "efac": "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1",
    "efbc": "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1",
    "efext": "http://data.europa.eu/p27/eforms-ubl-extensions/1",
}
#: Where UBL lets others add to an element.
EXTENSION = "ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent/efext:EformsExtension"


class Refused(Exception):
    """This XML is not read; the message says why, `line` where, 0 for nowhere in particular."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


def parse(raw: bytes) -> Element:
    """The outermost element, without comments and processing instructions; raises Refused."""
    if len(raw) > MOST_BYTES:
        raise Refused(f"The XML is larger than {MOST_BYTES >> 20} MB, which no notice is.")
    # Some publishers write blank lines before the declaration, where XML allows none.
    raw = raw.lstrip(b" \t\r\n")
    if not raw:
        raise Refused("There is nothing in it.")
    try:
        # First without building anything, so that what is refused costs no memory.
        etree.fromstring(raw, _parser(target=_Watch()))
        return etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as error:
        message = " ".join(str(error.msg).split())[:LONGEST_MESSAGE]
        raise Refused(f"The XML is damaged: {message}.", error.lineno or 0) from error


def _parser(**more) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        **more,
    )


class _Watch:
    """Counts while the parser reads, and stops it."""

    def __init__(self) -> None:
        self.depth = self.elements = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        if name.lower() == "html":
            raise Refused("This is a web page, no notice.")
        raise Refused("It declares a document type (DOCTYPE), which notices do not and which can hide an attack.")

    def start(self, tag: str, attributes: object) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST:
            raise Refused(f"Its elements lie more than {DEEPEST} deep in one another, which those of no notice do.")
        if self.elements > MOST_ELEMENTS:
            raise Refused(f"It has more than {MOST_ELEMENTS} elements, which no notice has.")

    def end(self, tag: str) -> None:
        self.depth -= 1

    def close(self) -> None:
        """The parser wants to be told that it may end."""


def text(element: Element | None, path: str = ".") -> str:
    """What the first element on the path says, without space around it; empty where there is none."""
    found = None if element is None else element.find(path, NAMESPACES)
    return "" if found is None else (found.text or "").strip()


def every(element: Element | None, path: str) -> list[Element]:
    return [] if element is None else element.findall(path, NAMESPACES)


def first(element: Element | None, path: str) -> Element | None:
    return None if element is None else element.find(path, NAMESPACES)


def name(element: Element) -> str:
    """Without its namespace."""
    return etree.QName(element).localname


def namespace(element: Element) -> str:
    return etree.QName(element).namespace or ""
