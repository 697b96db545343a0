from marketplace.calls import emails
from marketplace.calls.amendments import reading


def call_amended(amendment):
    """To everybody concerned: what is different, in words, and whether a response has to be confirmed."""
    call = amendment.call

    def in_words():
        return {"changes": [reading.as_text(change) for change in reading.in_words(amendment.changes, call)]}

    emails.to_concerned(
        "call_amended",
        call,
        in_words=in_words,
        words=amendment.words,
        number=amendment.number,
        is_material=amendment.is_material,
        has_new_deadline=any(change["part"] == "response_deadline" for change in amendment.changes),
    )
