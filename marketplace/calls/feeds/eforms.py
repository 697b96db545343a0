"""eForms: the public notices of the European Union and its neighbours, as UBL XML.

XPaths and meanings are those of the fields of the eForms SDK; their numbers (BT-131, OPT-300) stand where it matters.
Contract notices, prior information notices and their changes are read, SDK 1.3 to 1.15; everything else is
recognised and passed over by name.
"""

from marketplace.calls.feeds import eforms_forms, eforms_notice, eforms_xml
from marketplace.calls.feeds.notice import Broken, Read, Skipped


def read(raw: bytes) -> Read:
    """The one notice of an XML file; whatever the bytes are, an answer and no exception."""
    try:
        root = eforms_xml.parse(raw)
    except eforms_xml.Refused as refused:
        return Broken(f"line {refused.line}" if refused.line else "", str(refused))
    if old := eforms_forms.old_ted(root):
        return old
    form = eforms_forms.recognise(root)
    if form is None:
        return Broken("", f"This is XML of another kind: its outermost element is {eforms_xml.name(root)[:80]}.")
    return _read(root, form)


def _read(root: eforms_xml.Element, form: eforms_forms.Recognised) -> Read:
    identifier = eforms_notice.identifier(root)
    if reason := eforms_forms.foreign_version(form):
        return Skipped(identifier, f"{form.title}, {form.customization[:40]}", reason)
    kind = eforms_forms.kind_of(form)
    if not isinstance(kind, eforms_notice.Kind):
        return Skipped(identifier, form.title, kind)
    try:
        return eforms_notice.build(root, kind, eforms_forms.doubts(form))
    except eforms_notice.Unusable as unusable:
        return Broken("", f"{form.title}: {unusable}")
