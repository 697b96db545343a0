"""The mails about questions. None says who asked, and the list of mails does not either."""

from marketplace.accounts.emails import address_of
from marketplace.calls.emails import ROOM, of_buyer, to_concerned
from marketplace.core import outbox


def questions_answered(call, questions):
    """Once to everybody whom the call concerns, those who asked among them."""
    answers = [
        {"lot": question.lot.number if question.lot else None, "question": question.text, "answer": question.answer}
        for question in questions
    ]
    to_concerned("questions_answered", call, answers=answers)


def questions_wait(call, *, number):
    for person in of_buyer(call):
        outbox.post(
            f"{ROOM}questions_wait",
            to=person.email,
            about=[call],
            language=person.language,
            call=call.title,
            number=number,
            link=address_of("call-questions-desk", person.language, slug=call.slug),
        )
