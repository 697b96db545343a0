"""Every mail of questions, responses and decisions can be written, in both languages, as text and as HTML."""

import pytest

from marketplace.core import delivery
from marketplace.core.models import OutboxMessage

SAID = {
    "call": "Cleaning of schools & halls",
    "lot": "Schools in the north",
    "number": 1,
    "count": 2,
    "buyer": "Ville de Valmont",
    "firm": "Atlas Propreté",
    "deadline": "Thu 3 Dec 2026, 17:00 CET (Paris)",
    "moment": "Thu 3 Dec 2026, 16:59:58 CET (15:59:58 UTC)",
    "sha256": "0" * 64,
    "files": [{"name": "offer.pdf", "sha256": "1" * 64}],
    "answers": [{"lot": 1, "question": "May we visit?", "answer": "Yes."}],
    "words": "Your night team convinced us.",
    "why": "The best of two.",
    "firms": ["Baobab Facility"],
    "standstill": "Mon 14 Dec 2026",
    "is_confirmation": True,
    "link": "https://tessera.example/calls/cleaning/",
}
#: Mail -> what it must say.
MAILS = {
    "calls/email/questions_answered": ["May we visit?", "Yes.", SAID["deadline"]],
    "calls/email/questions_wait": [SAID["call"]],
    "responses/email/response_received": [SAID["moment"], SAID["sha256"], "offer.pdf", SAID["deadline"]],
    "responses/email/response_confirmed": [SAID["moment"], SAID["sha256"]],
    "responses/email/response_withdrawn": [SAID["moment"], SAID["deadline"]],
    "responses/email/response_opened": [SAID["buyer"]],
    "responses/email/response_lapsed": [SAID["deadline"]],
    "responses/email/response_unfinished": [SAID["deadline"]],
    "awards/email/award_chosen": [SAID["firm"], SAID["standstill"]],
    "awards/email/award_not_chosen": [SAID["words"], SAID["why"], "Baobab Facility", SAID["standstill"]],
    "awards/email/award_unsuccessful": [SAID["words"], SAID["why"]],
    "awards/email/award_announced": ["Baobab Facility", SAID["why"]],
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("template", MAILS)
def test_it_says_what_it_must(template, language):
    message = OutboxMessage(template=template, to="omar@atlas.example", language=language, context=SAID)
    mail = delivery.compose(message)

    for words in (*MAILS[template], SAID["link"]):
        assert words in mail.body
    html = mail.alternatives[0][0]
    for words in MAILS[template]:
        assert words.replace("&", "&amp;") in html
    assert SAID["link"] in html
    assert "{{" not in mail.body + html + mail.subject


def test_nobody_chosen_is_said():
    message = OutboxMessage(
        template="awards/email/award_announced", to="a@b.example", language="en", context=SAID | {"firms": []}
    )

    assert "It was awarded to nobody." in delivery.compose(message).body
