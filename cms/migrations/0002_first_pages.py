"""The first pages in English and French, as translations of each other; editors take them from here."""

import json
import uuid

from django.db import migrations
from django.utils import timezone

HOME = {
    "en": {
        "title": "Home",
        "slug": "home",
        "search_description": "Minority- and migrant-owned firms, companies and cities meet here.",
        "body": [
            {
                "type": "hero",
                "value": {
                    "title": "Good work finds its buyer.",
                    "lead": "Minority- and migrant-owned firms, companies and cities meet here: by what they do and "
                    "where, with proof that has a name and a date.",
                    "question": "What do you need?",
                    "examples": ["cleaning", "catering", "translation"],
                },
            },
            {
                "type": "doors",
                "value": {
                    "title": "Which door is yours?",
                    "doors": [
                        {
                            "title": "You run a firm",
                            "text": "Say once what you do, where, and in which languages. You decide who sees it, and "
                            "one button takes you off every public page.",
                            "tile": "terracotta",
                            "link": {"label": "List your firm", "place": "account_signup", "page": None},
                        },
                        {
                            "title": "You buy for a company",
                            "text": "Find firms you did not know, by trade, place and language. Every profile says "
                            "when its facts were last confirmed.",
                            "tile": "lapis",
                            "link": {"label": "Look for suppliers", "place": "supplier-list", "page": None},
                        },
                        {
                            "title": "You buy for a city",
                            "text": "Reach small firms lawfully. What owners say of themselves is never shown, sorted "
                            "or scored when you buy with public money.",
                            "tile": "olive",
                            "link": {"label": "Open an account", "place": "account_signup", "page": None},
                        },
                    ],
                },
            },
            {"type": "figures", "value": {"title": "What is here today"}},
            {
                "type": "text",
                "value": {
                    "title": "What we promise",
                    "text": "<ul><li><b>Consent first.</b> Nobody is asked who they are in order to be listed. "
                    "Refusing changes no rank, no price and no access.</li>"
                    "<li><b>Evidence has a name and a date.</b> Whoever claims something says who confirmed it, and "
                    "until when it holds.</li>"
                    "<li><b>Everyone’s language.</b> A search in one language finds a profile written in another.</li>"
                    "<li><b>Everyone’s hands.</b> Every page works with a keyboard, a screen reader, a small phone "
                    "and a slow line.</li></ul>",
                },
            },
            {
                "type": "call_out",
                "value": {
                    "title": "Your firm could be the one they are looking for.",
                    "text": "Registering takes a few minutes and costs nothing. You choose when the profile is shown.",
                    "link": {"label": "List your firm", "place": "account_signup", "page": None},
                },
            },
        ],
    },
    "fr": {
        "title": "Accueil",
        "slug": "accueil",
        "search_description": "Entreprises issues de la diversité, grands acheteurs et villes se rencontrent ici.",
        "body": [
            {
                "type": "hero",
                "value": {
                    "title": "Le bon travail trouve son acheteur.",
                    "lead": "Entreprises issues de la diversité et de l’immigration, grands groupes et villes se "
                    "rencontrent ici : par métier et par lieu, avec des preuves qui ont un nom et une date.",
                    "question": "Que cherchez-vous ?",
                    "examples": ["nettoyage", "traiteur", "traduction"],
                },
            },
            {
                "type": "doors",
                "value": {
                    "title": "Quelle est votre porte ?",
                    "doors": [
                        {
                            "title": "Vous dirigez une entreprise",
                            "text": "Dites une seule fois ce que vous faites, où et dans quelles langues. Vous "
                            "décidez qui le voit, et un bouton vous retire de toutes les pages publiques.",
                            "tile": "terracotta",
                            "link": {"label": "Inscrire mon entreprise", "place": "account_signup", "page": None},
                        },
                        {
                            "title": "Vous achetez pour une entreprise",
                            "text": "Trouvez des entreprises que vous ne connaissiez pas, par métier, lieu et langue. "
                            "Chaque fiche dit quand ses informations ont été confirmées.",
                            "tile": "lapis",
                            "link": {"label": "Chercher des fournisseurs", "place": "supplier-list", "page": None},
                        },
                        {
                            "title": "Vous achetez pour une ville",
                            "text": "Touchez les petites entreprises dans le respect du droit. Ce que les "
                            "propriétaires disent d’eux-mêmes n’est ni montré, ni trié, ni noté dans l’achat public.",
                            "tile": "olive",
                            "link": {"label": "Ouvrir un compte", "place": "account_signup", "page": None},
                        },
                    ],
                },
            },
            {"type": "figures", "value": {"title": "Ce qu’on trouve ici aujourd’hui"}},
            {
                "type": "text",
                "value": {
                    "title": "Ce que nous promettons",
                    "text": "<ul><li><b>Le consentement d’abord.</b> Personne ne doit dire qui il est pour figurer "
                    "ici. Un refus ne change ni le rang, ni le prix, ni l’accès.</li>"
                    "<li><b>Une preuve a un nom et une date.</b> Qui affirme une chose dit qui l’a confirmée, et "
                    "jusqu’à quand elle vaut.</li>"
                    "<li><b>La langue de chacun.</b> Une recherche dans une langue trouve une fiche écrite dans une "
                    "autre.</li>"
                    "<li><b>Les mains de chacun.</b> Chaque page fonctionne au clavier, avec un lecteur d’écran, sur "
                    "un petit téléphone et une ligne lente.</li></ul>",
                },
            },
            {
                "type": "call_out",
                "value": {
                    "title": "Votre entreprise est peut-être celle qu’ils cherchent.",
                    "text": "S’inscrire prend quelques minutes et ne coûte rien. Vous choisissez quand la fiche est "
                    "montrée.",
                    "link": {"label": "Inscrire mon entreprise", "place": "account_signup", "page": None},
                },
            },
        ],
    },
}

STANDARD = [
    {
        "en": {
            "title": "About",
            "slug": "about",
            "lead": "Tessera is a marketplace run by a non-profit organisation. It brings small firms owned or run by "
            "people who are often overlooked together with companies and cities that buy.",
            "body": """
<h2>Why the name</h2>
<p>A tessera is one tile of a mosaic. In Rome it was also the token by which strangers trusted each other in trade: two
halves that fitted. Both are what we are for.</p>
<h2>Who can be listed</h2>
<p>Small and medium-sized firms that are owned or run by migrants, by women or by members of other groups that are
under-represented in business. You are never asked on which of these grounds, and no page shows it.</p>
<h2>Who buys here</h2>
<p>Companies that want a supply chain as varied as their customers, and cities that want small firms to hear of their
calls. Cities and other contracting authorities buy under public procurement law: they see what a firm does and where,
and nothing about its owners.</p>
<h2>What it costs</h2>
<p>Searching, reading and listing a firm are free.</p>
<h2>Open source</h2>
<p>The software is open source under the MIT licence. Any organisation with the same aim may run it, look into it and
improve it.</p>
""",
        },
        "fr": {
            "title": "À propos",
            "slug": "a-propos",
            "lead": "Tessera est une place de marché tenue par une organisation à but non lucratif. Elle met en "
            "relation de petites entreprises que l’on oublie trop souvent et des entreprises ou des villes qui "
            "achètent.",
            "body": """
<h2>Pourquoi ce nom</h2>
<p>Une tessère est une pièce de mosaïque. À Rome, c’était aussi le jeton par lequel des inconnus se faisaient confiance
dans le commerce : deux moitiés qui s’ajustent. C’est notre raison d’être, dans les deux sens.</p>
<h2>Qui peut figurer ici</h2>
<p>Les petites et moyennes entreprises détenues ou dirigées par des personnes immigrées, par des femmes ou par des
membres d’autres groupes peu représentés dans la vie économique. On ne vous demande jamais à quel titre, et aucune
page ne le montre.</p>
<h2>Qui achète ici</h2>
<p>Des entreprises qui veulent des fournisseurs aussi divers que leurs clients, et des villes qui veulent que les
petites entreprises entendent parler de leurs marchés. Les villes et les autres pouvoirs adjudicateurs achètent selon
le droit de la commande publique : ils voient ce que fait une entreprise et où, et rien de ses propriétaires.</p>
<h2>Ce que cela coûte</h2>
<p>Chercher, lire et inscrire une entreprise est gratuit.</p>
<h2>Logiciel libre</h2>
<p>Le logiciel est libre, sous licence MIT. Toute organisation qui poursuit le même but peut l’utiliser, l’examiner et
l’améliorer.</p>
""",
        },
    },
    {
        "en": {
            "title": "Privacy",
            "slug": "privacy",
            "lead": "What we keep about you, why, and how you take it back. In plain words, because it is yours.",
            "body": """
<h2>What we keep, and why</h2>
<ul>
<li><b>Your account</b>: name, e-mail address, language, time zone, a password that we can check but not read, and your
second factor if you set one up. We need it to let you in and nobody else (performance of a contract).</li>
<li><b>The devices you are signed in on</b>: network address, browser and time of last use, so that you can see them
and sign them out (our legitimate interest in security, and yours).</li>
<li><b>Your organisation</b>: name, country, town, register numbers, and who acts for it with which role. Public pages
show the town, not the street, and never the people.</li>
<li><b>Your firm’s profile</b>: what it does, in which languages, and the day you last confirmed it. It is public only
while it is listed.</li>
<li><b>E-mails we send you</b>: address, subject and whether they arrived. Codes and links in them are stored encrypted
and erased once the mail is gone.</li>
<li><b>Who changed what</b>: a log of actions, without the words that were written, so that mistakes can be put
right.</li>
</ul>
<h2>What owners say of themselves</h2>
<p>Migrant background, ethnic origin, gender or disability are special categories of personal data under article 9 of
the GDPR. You need to tell us none of it in order to be listed, and no profile has a field for it. If you are ever
asked, it is voluntary, for one stated purpose at a time, said by the owner alone, and withdrawn in one step. Refusing
or withdrawing changes no rank, no price and no access.</p>
<h2>What buyers see</h2>
<p>Whoever buys for a contracting authority meets nothing about owners: not as a filter, a sort order, a score or a
list. A certificate is the statement of its issuer about a firm, shown because the firm wants it shown; it is never
worked out from an answer of yours.</p>
<h2>What we do not do</h2>
<p>We sell no data, show no advertising and load nothing from other companies’ servers. There is no tracking. The only
cookies are the one that keeps you signed in and the one that protects forms against misuse.</p>
<h2>Your rights</h2>
<p>You can see, correct, take with you and delete what we hold about you, object to its use, and withdraw any consent
at any time. Much of it you can do yourself on your account page; for the rest write to the address below and a person
will answer within a month. You may also complain to the data-protection authority of your country: the ICO in the
United Kingdom, the CNIL in France.</p>
""",
        },
        "fr": {
            "title": "Confidentialité",
            "slug": "confidentialite",
            "lead": "Ce que nous conservons à votre sujet, pourquoi, et comment le reprendre. En mots simples, parce "
            "que c’est à vous.",
            "body": """
<h2>Ce que nous conservons, et pourquoi</h2>
<ul>
<li><b>Votre compte</b> : nom, adresse e-mail, langue, fuseau horaire, un mot de passe que nous pouvons vérifier mais
non lire, et votre second facteur si vous en avez créé un. Il nous le faut pour vous ouvrir la porte, à vous seul
(exécution d’un contrat).</li>
<li><b>Les appareils sur lesquels vous êtes connecté</b> : adresse réseau, navigateur et heure du dernier usage, pour
que vous puissiez les voir et les déconnecter (intérêt légitime : la sécurité, la nôtre et la vôtre).</li>
<li><b>Votre organisation</b> : nom, pays, ville, numéros d’immatriculation, et qui agit pour elle avec quel rôle. Les
pages publiques montrent la ville, pas la rue, et jamais les personnes.</li>
<li><b>La fiche de votre entreprise</b> : ce qu’elle fait, dans quelles langues, et le jour où vous l’avez confirmée.
Elle n’est publique que tant que l’entreprise figure dans l’annuaire.</li>
<li><b>Les e-mails que nous vous envoyons</b> : adresse, objet et bonne arrivée. Les codes et les liens qu’ils
contiennent sont conservés chiffrés et effacés une fois le message parti.</li>
<li><b>Qui a changé quoi</b> : un journal des actions, sans les mots écrits, pour pouvoir réparer les erreurs.</li>
</ul>
<h2>Ce que les propriétaires disent d’eux-mêmes</h2>
<p>Parcours migratoire, origine, genre ou handicap sont des catégories particulières de données au sens de l’article 9
du RGPD. Vous n’avez rien à en dire pour figurer ici, et aucune fiche n’a de champ pour cela. Si l’on vous pose un
jour la question, la réponse est libre, donnée par le propriétaire seul, pour un but annoncé à la fois, et retirée en
un geste. Un refus ou un retrait ne change ni le rang, ni le prix, ni l’accès.</p>
<h2>Ce que voient les acheteurs</h2>
<p>Qui achète pour un pouvoir adjudicateur ne rencontre rien sur les propriétaires : ni filtre, ni tri, ni note, ni
liste. Un certificat est la parole de son émetteur sur une entreprise, montrée parce qu’elle le veut ; il n’est jamais
déduit d’une de vos réponses.</p>
<h2>Ce que nous ne faisons pas</h2>
<p>Nous ne vendons aucune donnée, n’affichons aucune publicité et ne chargeons rien depuis les serveurs d’autres
entreprises. Il n’y a aucun pistage. Les seuls cookies sont celui qui vous garde connecté et celui qui protège les
formulaires contre les abus.</p>
<h2>Vos droits</h2>
<p>Vous pouvez voir, corriger, emporter et supprimer ce que nous avons à votre sujet, vous opposer à son usage et
retirer tout consentement à tout moment. Vous pouvez en faire une grande part vous-même sur la page de votre compte ;
pour le reste, écrivez à l’adresse ci-dessous : une personne vous répondra dans le mois. Vous pouvez aussi saisir
l’autorité de protection des données de votre pays : la CNIL en France, l’ICO au Royaume-Uni.</p>
""",
        },
    },
    {
        "en": {
            "title": "Accessibility",
            "slug": "accessibility",
            "lead": "This site is meant to work for everyone. Here is what we aim at, how we test, and how you tell us "
            "when it fails you.",
            "body": """
<h2>What we aim at</h2>
<p>The Web Content Accessibility Guidelines (WCAG) 2.2 at level AA, on every page, in every language and in light and
dark colours. All that matters also works without JavaScript.</p>
<h2>How we test</h2>
<ul>
<li>Every change to the software runs an automatic check (axe) over the pages in a real browser, at phone and desktop
width, in both languages. A finding stops the change.</li>
<li>We look at pages by eye at both widths, and go through them with the keyboard alone.</li>
</ul>
<h2>What we know to be missing</h2>
<ul>
<li>No independent audit has been made yet, so we claim an aim, not full conformity.</li>
<li>We have not yet tested with people who use assistive technology every day.</li>
<li>Texts and documents that firms and buyers publish themselves may fall short.</li>
<li>The back office used by our own staff is only partly tested.</li>
</ul>
<h2>Tell us</h2>
<p>If something does not work for you, write to the address below and say which page it was and what you wanted to do.
You need not explain yourself. We answer within ten working days, send you what you needed in another form if we can,
and say when the page will be mended.</p>
<h2>If we do not answer well</h2>
<p>In the United Kingdom you can turn to the Equality Advisory and Support Service; in France to the Défenseur des
droits; elsewhere to the equality body of your country.</p>
""",
        },
        "fr": {
            "title": "Accessibilité",
            "slug": "accessibilite",
            "lead": "Ce site doit fonctionner pour tout le monde. Voici ce que nous visons, comment nous vérifions, et "
            "comment nous dire ce qui ne va pas.",
            "body": """
<h2>Ce que nous visons</h2>
<p>Les règles pour l’accessibilité des contenus web (WCAG) 2.2 au niveau AA, sur chaque page, dans chaque langue, en
couleurs claires et sombres. Tout ce qui compte fonctionne aussi sans JavaScript.</p>
<h2>Comment nous vérifions</h2>
<ul>
<li>Chaque changement du logiciel lance un contrôle automatique (axe) des pages dans un vrai navigateur, en largeur de
téléphone et d’ordinateur, dans les deux langues. Un défaut arrête le changement.</li>
<li>Nous regardons les pages à l’œil dans les deux largeurs et les parcourons au clavier seul.</li>
</ul>
<h2>Ce qui manque, à notre connaissance</h2>
<ul>
<li>Aucun audit indépendant n’a encore été mené : nous annonçons un but, pas une conformité totale.</li>
<li>Nous n’avons pas encore fait d’essais avec des personnes qui utilisent chaque jour une aide technique.</li>
<li>Les textes et documents publiés par les entreprises et les acheteurs peuvent présenter des défauts.</li>
<li>Les écrans réservés à notre équipe ne sont vérifiés qu’en partie.</li>
</ul>
<h2>Dites-le-nous</h2>
<p>Si quelque chose ne fonctionne pas pour vous, écrivez à l’adresse ci-dessous en indiquant la page et ce que vous
vouliez faire. Vous n’avez pas à vous justifier. Nous répondons sous dix jours ouvrés, vous envoyons si possible ce
qu’il vous fallait sous une autre forme, et disons quand la page sera réparée.</p>
<h2>Si notre réponse ne suffit pas</h2>
<p>En France, vous pouvez saisir le Défenseur des droits ; au Royaume-Uni, l’Equality Advisory and Support Service ;
ailleurs, l’organisme de promotion de l’égalité de votre pays.</p>
""",
        },
    },
]


def with_ids(blocks):
    """Stream and list blocks need a lasting id each, by which their translations find them."""
    for block in blocks:
        block = {**block, "id": str(uuid.uuid4()), "value": dict(block["value"])}
        for name, value in block["value"].items():
            if isinstance(value, list):
                block["value"][name] = [{"type": "item", "value": item, "id": str(uuid.uuid4())} for item in value]
        yield block


def make_pages(apps, schema_editor):
    locales, sites, pages = (apps.get_model(f"wagtailcore.{name}").objects for name in ("Locale", "Site", "Page"))
    homes, standards = (apps.get_model(f"cms.{name}").objects for name in ("HomePage", "StandardPage"))
    types = apps.get_model("contenttypes.ContentType").objects
    home_type = types.get_or_create(app_label="cms", model="homepage")[0]
    standard_type = types.get_or_create(app_label="cms", model="standardpage")[0]

    sites.all().delete()
    pages.filter(depth=2, slug="home").delete()
    first = pages.filter(depth=2).count() + 1
    now = timezone.now()
    home_key, keys = uuid.uuid4(), [uuid.uuid4() for _page in STANDARD]
    for place, language in enumerate(["en", "fr"], start=first):
        locale = locales.get_or_create(language_code=language)[0]
        words = HOME[language] | {"body": json.dumps(list(with_ids(HOME[language]["body"])))}
        path, url_path = f"0001{place:04}", f"/{words['slug']}/"
        shared = {"locale": locale, "live": True, "first_published_at": now, "last_published_at": now}
        home = homes.create(
            **words, **shared, path=path, depth=2, numchild=len(STANDARD), url_path=url_path,
            draft_title=words["title"], translation_key=home_key, content_type=home_type,
        )  # fmt: skip
        for number, (key, page) in enumerate(zip(keys, STANDARD, strict=True), start=1):
            words = page[language] | {"body": page[language]["body"].strip()}
            standards.create(
                **words, **shared, path=f"{path}{number:04}", depth=3, numchild=0,
                url_path=f"{url_path}{words['slug']}/", draft_title=words["title"], translation_key=key,
                content_type=standard_type, in_footer=True,
            )  # fmt: skip
        if language == "en":
            sites.create(hostname="localhost", port=80, site_name="Tessera", root_page_id=home.pk, is_default_site=True)
    pages.filter(depth=1).update(numchild=first + 1)


def remove_pages(apps, schema_editor):
    apps.get_model("wagtailcore.Site").objects.all().delete()
    pages = apps.get_model("wagtailcore.Page").objects
    apps.get_model("cms.StandardPage").objects.all().delete()
    apps.get_model("cms.HomePage").objects.all().delete()
    pages.filter(depth=1).update(numchild=pages.filter(depth=2).count())


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_pages, remove_pages)]
