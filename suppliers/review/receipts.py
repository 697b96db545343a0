"""What a firm agrees to when it asks to be listed, word for word, and the receipts of those who did.

A text that somebody has agreed to is never changed: new words get a new version, and old receipts keep theirs. That is
why these texts stand here in every language and not in the catalogue of translations.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation

CURRENT = "2026-11"


@dataclass(frozen=True)
class Text:
    title: str
    #: Heading and words of each part.
    parts: tuple[tuple[str, str], ...]
    #: What stands beside the box to tick.
    agreement: str


TEXTS = {
    ("2026-11", "en"): Text(
        "What being listed means",
        (
            (
                "What is shown",
                "Your firm’s name, town and country, what you do, your services, where you work, your languages, your "
                "size and, if you add them, pictures and references. Never your street unless you ask for it, and "
                "never a private telephone number or e-mail address.",
            ),
            (
                "Who sees it",
                "You choose: everybody, search engines included, or only members of the network. You can change that "
                "at any time, and you can hide the profile at any time with one button.",
            ),
            (
                "What it may hint at",
                "Tessera is for firms that are owned or run by migrants, women or members of other under-represented "
                "groups. Whoever finds your firm here may think that one of these is true of you. We do not ask which, "
                "we do not need to know, and we do not show it. What you say of yourself stays with you.",
            ),
            (
                "How to take it back",
                "With one button on the page “Receipts” in your workspace. From that moment your firm is in no list, "
                "no search and no export of ours. Taking it back costs nothing and needs no reason. What others copied "
                "before, we cannot call back.",
            ),
            (
                "What we keep",
                "This receipt: the version of this text, its language, the time, who agreed and for whom the profile "
                "is shown. You can download it at any time.",
            ),
        ),
        "I have read this and want my firm to be listed. I may say so for my firm.",
    ),
    ("2026-11", "fr"): Text(
        "Ce que signifie être dans l’annuaire",
        (
            (
                "Ce qui est montré",
                "Le nom, la ville et le pays de votre entreprise, ce que vous faites, vos services, où vous "
                "travaillez, vos langues, votre taille et, si vous les ajoutez, des images et des références. Jamais "
                "votre rue, sauf si vous le demandez, et jamais un numéro de téléphone ou une adresse électronique "
                "privés.",
            ),
            (
                "Qui le voit",
                "Vous choisissez : tout le monde, moteurs de recherche compris, ou seulement les adhérents du réseau. "
                "Vous pouvez changer ce choix à tout moment, et masquer la fiche à tout moment d’un seul bouton.",
            ),
            (
                "Ce que cela peut laisser deviner",
                "Tessera s’adresse aux entreprises détenues ou dirigées par des personnes migrantes, des femmes ou des "
                "membres d’autres groupes sous-représentés. Qui trouve votre entreprise ici peut penser que l’une de "
                "ces situations est la vôtre. Nous ne demandons pas laquelle, nous n’avons pas besoin de le savoir et "
                "nous ne le montrons pas. Ce que vous dites de vous reste à vous.",
            ),
            (
                "Comment revenir sur votre accord",
                "D’un seul bouton, sur la page « Reçus » de votre espace de travail. Dès cet instant, votre entreprise "
                "n’est plus dans nos listes, nos recherches ni nos exports. Cela ne coûte rien et ne demande aucune "
                "raison. Nous ne pouvons pas rappeler ce que d’autres ont copié avant.",
            ),
            (
                "Ce que nous gardons",
                "Ce reçu : la version de ce texte, sa langue, l’heure, qui a donné son accord et pour qui la fiche "
                "est montrée. Vous pouvez le télécharger à tout moment.",
            ),
        ),
        "J’ai lu ce texte et je veux que mon entreprise soit dans l’annuaire. Je peux le dire en son nom.",
    ),
}


def language_of(language):
    """The language among those of the current text that serves best."""
    return language if (CURRENT, language) in TEXTS else settings.LANGUAGE_CODE


def text_of(version, language):
    """The words of that version; English where it was never written in the language."""
    return TEXTS.get((version, language)) or TEXTS[(version, settings.LANGUAGE_CODE)]


def is_known(version, language):
    return (version, language) in TEXTS


#: One row per supplier that asked to be listed and has no live receipt, given by whoever administers it.
_PLANT = """
    INSERT INTO review_listingreceipt (supplier_id, text_version, language, audience, given_by_id, given_at, way)
    SELECT s.id, %(version)s, %(language)s, s.audience,
        (SELECT r.user_id FROM accounts_representative r
         WHERE r.organisation_id = s.organisation_id AND r.role = 'administrator' ORDER BY r.id LIMIT 1),
        coalesce(s.submitted_at, %(at)s), 'demo'
    FROM suppliers_supplier s
    WHERE s.submitted_at IS NOT NULL AND s.id = ANY(%(suppliers)s) AND NOT EXISTS (
        SELECT FROM review_listingreceipt g WHERE g.supplier_id = s.id AND g.withdrawn_at IS NULL
    )
"""


def plant(supplier_ids, *, at=None):
    """Receipts for suppliers of the demo, in one statement however many; returns how many were missing."""
    facts = {
        "version": CURRENT,
        "language": language_of(translation.get_language()),
        "at": at or timezone.now(),
        "suppliers": list(supplier_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLANT, facts)
        return cursor.rowcount
