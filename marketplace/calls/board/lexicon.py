"""Another wording where no call has the words: the nearest that firms write, or a buyer's name like them."""

from marketplace.calls.board.conditions import Condition
from marketplace.core.vocab import words
from suppliers.directory import lexicon
from suppliers.directory.patience import Patience
from suppliers.directory.question import Words

FINDS = """
SELECT EXISTS (
    SELECT FROM board_callrow AS row
    WHERE row.text @@ directory_query(%(words)s, '', %(languages)s) AND {condition}
)
"""
#: Of buyers that have a call which this reader may find.
LIKE_A_NAME = """
SELECT organisation.name FROM accounts_organisation AS organisation
JOIN buyers_buyer AS buyer ON buyer.organisation_id = organisation.id
WHERE show_trgm(%(typed)s) <> '{{}}' AND %(typed)s <%% immutable_unaccent(lower(name))
    AND EXISTS (SELECT FROM board_callrow AS row WHERE row.buyer_id = buyer.id AND {condition})
ORDER BY word_similarity(%(typed)s, immutable_unaccent(lower(name))) DESC, buyer.id LIMIT 1
"""


def did_you_mean(asked: Words, wanted: Condition, patience: Patience) -> str:
    """Nothing where it is the filters that leave no call, for then the words are well."""
    condition = wanted.in_row()
    among = lexicon.Among(FINDS.format(condition=condition), LIKE_A_NAME.format(condition=condition), wanted.parameters)
    typed = " ".join(words.asked(asked.wanted))
    if wanted.groups and patience.ask(among.finds, among.parameters | {"words": typed})[0][0]:
        return ""
    return lexicon.did_you_mean(asked, patience, among)
