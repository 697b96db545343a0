"""The laws that every installation begins with. Staff change them afterwards on their own screens.

What is our own caution rather than the law's is called so in the source. A figure that nobody here has compared with
the official text ends with "to be checked by staff" and is due to be read again soon.
"""

from datetime import date

READ = {"reviewed_on": date(2026, 11, 22), "review_by": date(2027, 5, 31)}
CHECK_SOON = {"reviewed_on": date(2026, 11, 22), "review_by": date(2026, 12, 15)}

DIRECTIVE = "https://eur-lex.europa.eu/eli/dir/2014/24/oj"
CODE = "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000037701019/"
ACT = "https://www.legislation.gov.uk/ukpga/2023/54"
REGULATIONS = "https://www.legislation.gov.uk/uksi/2024/692/contents"

JURISDICTIONS = [
    {
        "code": "eu",
        "names": {
            "en": "European Union (Directive 2014/24/EU)",
            "fr": "Union européenne (directive 2014/24/UE)",
        },
        # None by name: it is the law of every country that has none of its own here.
        "countries": [],
        "is_official_first": True,
        "official_first_words": {
            "en": "Article 52 of Directive 2014/24/EU: a notice may not be published elsewhere before the Publications "
            "Office of the European Union has published it, unless 48 hours have passed since it confirmed that it "
            "received the notice; and it may say no more than the notice that was sent.",
            "fr": "Article 52 de la directive 2014/24/UE : un avis n’est pas publié ailleurs avant sa publication par "
            "l’Office des publications de l’Union européenne, sauf si 48 heures se sont écoulées depuis la "
            "confirmation de sa réception ; et il n’en dit pas plus que l’avis envoyé.",
        },
        "late_change_days": 6,
        "extension_days": 10,
        "standstill_days": 10,
        "is_standstill_in_working_days": False,
        "source": "Directive 2014/24/EU, Article 47(3): significant changes of the procurement documents, and further "
        "information given fewer than six days before the end, extend the time for tenders in proportion. The six "
        "days are the law’s; at least ten days from a late change is our own caution, because the law gives no "
        "number. Standstill: Directive 89/665/EEC, Article 2a, ten days when told electronically, counted from the "
        "day after; that a period ending on a day off lasts through the next working day follows Regulation (EEC, "
        "Euratom) 1182/71. National law may ask for more: to be checked by staff for each country.",
        "source_url": DIRECTIVE,
        **CHECK_SOON,
    },
    {
        "code": "fr",
        "names": {"en": "France (Public Procurement Code)", "fr": "France (Code de la commande publique)"},
        "countries": ["FR"],
        "is_official_first": True,
        "official_first_words": {
            "en": "Article R2131-18 of the Code de la commande publique: a notice may not be published nationally, nor "
            "on the buyer profile, before the Publications Office of the European Union has published it, unless 48 "
            "hours have passed since it confirmed that it received the notice.",
            "fr": "Article R2131-18 du Code de la commande publique : un avis n’est publié au niveau national "
            "ou sur le profil d’acheteur qu’après sa publication par l’Office des publications de l’Union "
            "européenne, sauf si 48 heures se sont écoulées depuis la confirmation de sa réception.",
        },
        "late_change_days": 6,
        "extension_days": 10,
        "standstill_days": 11,
        "is_standstill_in_working_days": False,
        "source": "Code de la commande publique, Articles R2151-4 (important changes of the documents extend the time "
        "in proportion) and R2132-6 (further information six days before the end). The six days are the law’s; at "
        "least ten days from a late change is our own caution. Standstill: Article R2182-1, eleven days from sending "
        "the decision electronically (sixteen otherwise); that a period ending on a day off lasts through the next "
        "working day is our own caution.",
        "source_url": CODE,
        **READ,
    },
    {
        "code": "uk",
        "names": {"en": "United Kingdom (Procurement Act 2023)", "fr": "Royaume-Uni (Procurement Act 2023)"},
        "countries": ["GB"],
        "is_official_first": True,
        "official_first_words": {
            "en": "Procurement Act 2023 and Procurement Regulations 2024: a notice has to be published on the central "
            "digital platform (Find a Tender) before it is published anywhere else.",
            "fr": "Procurement Act 2023 et Procurement Regulations 2024 : un avis est publié sur la plateforme "
            "centrale (Find a Tender) avant toute autre publication.",
        },
        "late_change_days": 6,
        "extension_days": 10,
        "standstill_days": 8,
        "is_standstill_in_working_days": True,
        "source": "Procurement Act 2023, sections 31 (modifying a procurement) and 54 (time limits have regard to the "
        "nature of a modification); the Act gives no number of days. Both six and ten days are our own caution. "
        "Standstill: section 51, eight working days beginning with the day on which the contract award notice is "
        "published; that the day of publication itself is not counted, and that bank holidays of every part of the "
        "United Kingdom count as days off, is our own caution. Scottish authorities are under the Procurement Reform "
        "(Scotland) Act 2014: to be checked by staff.",
        "source_url": ACT,
        **CHECK_SOON,
    },
]

#: In minor units, by the code of the law.
THRESHOLDS = {
    "eu": [
        {
            "authority": authority,
            "contract": contract,
            "amount": amount,
            "currency": "EUR",
            "includes_vat": False,
            "source": "Directive 2014/24/EU, Article 4, as amended by Delegated Regulation (EU) 2025/2152 for 2026 and "
            "2027, without VAT. Below it national law decides, and it may demand the official portal as well: to be "
            "checked by staff for each country.",
            "source_url": "https://eur-lex.europa.eu/eli/reg_del/2025/2152/oj",
            "in_force_from": date(2026, 1, 1),
            "in_force_until": date(2027, 12, 31),
            **CHECK_SOON,
        }
        for authority, contract, amount in (
            ("any", "works", 5_404_000_00),
            ("central", "supplies", 140_000_00),
            ("central", "services", 140_000_00),
            ("other", "supplies", 216_000_00),
            ("other", "services", 216_000_00),
        )
    ],
    "fr": [
        {
            "authority": "any",
            "contract": "any",
            "amount": 60_000_00,
            "currency": "EUR",
            "includes_vat": False,
            "source": "Code de la commande publique, Article R2132-2 as changed by Decree 2025-1386 of 29 December "
            "2025: from 60,000 EUR without VAT on, the documents of an advertised contract stand on the buyer "
            "profile. That works up to 100,000 EUR are held to the same figure is our own caution.",
            "source_url": CODE,
            "in_force_from": date(2026, 4, 1),
            "in_force_until": None,
            **CHECK_SOON,
        }
    ],
    "uk": [
        {
            "authority": authority,
            "contract": "any",
            "amount": amount,
            "currency": "GBP",
            "includes_vat": True,
            "source": "Procurement Act 2023, sections 84 and 87: from this value on, VAT included, a below-threshold "
            "tender notice is published on the central digital platform. That responses below it may be taken here "
            "is our own reading: to be checked by staff.",
            "source_url": "https://www.legislation.gov.uk/ukpga/2023/54/section/84",
            "in_force_from": date(2025, 2, 24),
            "in_force_until": None,
            **CHECK_SOON,
        }
        for authority, amount in (("central", 12_000_00), ("other", 30_000_00))
    ],
}

#: By the code of the law. Each speaks of what a firm is by law, never of who owns it or works in it by name.
RESERVATIONS = {
    "eu": [
        {
            "code": "eu-sheltered-workshops",
            "names": {"en": "Sheltered workshops and integration firms", "fr": "Ateliers protégés et d’insertion"},
            "conditions": {
                "en": "Sheltered workshops, and economic operators whose main aim is the social and professional "
                "integration of disabled or disadvantaged persons; at least 30 % of the employees of those workshops, "
                "operators or programmes are disabled or disadvantaged workers. The call for competition refers to "
                "Article 20.",
                "fr": "Ateliers protégés et opérateurs économiques dont l’objet principal est l’intégration sociale et "
                "professionnelle de personnes handicapées ou défavorisées ; au moins 30 % du personnel de ces "
                "ateliers, opérateurs ou programmes sont des travailleurs handicapés ou défavorisés. L’appel à "
                "la concurrence mentionne l’article 20.",
            },
            "source": "Directive 2014/24/EU, Article 20, as national law has taken it over",
            "source_url": DIRECTIVE,
            **READ,
        },
        {
            "code": "eu-participatory-organisations",
            "names": {
                "en": "Participatory organisations for health, social and cultural services",
                "fr": "Organisations participatives de services sanitaires, sociaux et culturels",
            },
            "conditions": {
                "en": "Only for the services that Article 77 lists. The organisation pursues a public service mission, "
                "reinvests its profits, is owned or managed by its employees or with the participation of employees, "
                "users or stakeholders, and has had no such contract from the same authority within three years. The "
                "contract lasts at most three years. The call for competition refers to Article 77.",
                "fr": "Seulement pour les services énumérés à l’article 77. L’organisation poursuit une mission de "
                "service public, réinvestit ses bénéfices, appartient à ses salariés ou est dirigée avec la "
                "participation des salariés, des usagers ou des parties prenantes, et n’a pas reçu de tel marché du "
                "même pouvoir adjudicateur depuis trois ans. Le marché dure trois ans au plus. L’appel à la "
                "concurrence mentionne l’article 77.",
            },
            "source": "Directive 2014/24/EU, Article 77, as national law has taken it over",
            "source_url": DIRECTIVE,
            **READ,
        },
    ],
    "fr": [
        {
            "code": "fr-disabled-workers",
            "names": {
                "en": "Firms and services that employ disabled workers (EA, ESAT)",
                "fr": "Entreprises adaptées, ESAT et structures équivalentes",
            },
            "conditions": {
                "en": "Entreprises adaptées (Article L5213-13 of the Labour Code), ESAT (Article L344-2 of the Social "
                "Action Code) and equivalent structures in which at least half of the workers, as fixed by decree, "
                "are disabled workers who cannot work under normal conditions.",
                "fr": "Entreprises adaptées (article L5213-13 du code du travail), établissements et services d’aide "
                "par le travail (article L344-2 du code de l’action sociale et des familles) et structures "
                "équivalentes employant au moins la proportion réglementaire de travailleurs handicapés (50 %) qui ne "
                "peuvent exercer dans des conditions normales.",
            },
            "source": "Code de la commande publique, Articles L2113-12 and R2113-7",
            "source_url": CODE,
            **READ,
        },
        {
            "code": "fr-integration-firms",
            "names": {
                "en": "Firms for integration through work (SIAE)",
                "fr": "Structures d’insertion par l’activité économique (SIAE)",
            },
            "conditions": {
                "en": "Structures under Article L5132-4 of the Labour Code and equivalent ones in which at least half "
                "of the workers, as fixed by decree, are disadvantaged workers.",
                "fr": "Structures mentionnées à l’article L5132-4 du code du travail et structures équivalentes "
                "employant au moins la proportion réglementaire de travailleurs défavorisés (50 %).",
            },
            "source": "Code de la commande publique, Articles L2113-13 and R2113-7",
            "source_url": CODE,
            **READ,
        },
        {
            "code": "fr-work-in-prison",
            "names": {
                "en": "Operators that give work in prison",
                "fr": "Opérateurs économiques employant des personnes détenues",
            },
            "conditions": {
                "en": "For the part of their activity that takes place within a prison establishment, under the "
                "proportion of workers fixed by decree.",
                "fr": "Pour les activités réalisées dans le cadre d’un établissement pénitentiaire, dans les "
                "conditions de proportion fixées par voie réglementaire.",
            },
            "source": "Code de la commande publique, Article L2113-13-1",
            "source_url": CODE,
            **READ,
        },
        {
            "code": "fr-social-economy",
            "names": {
                "en": "Firms of the social and solidarity economy for health, social and cultural services",
                "fr": "Entreprises de l’économie sociale et solidaire pour des services sanitaires, sociaux et "
                "culturels",
            },
            "conditions": {
                "en": "Only for the health, social or cultural services on the list of the Code. The firm is under "
                "Article 1 of Act 2014-856 or an equivalent structure, its aim is a public service mission tied to "
                "these services, and it has had no such contract from the same buyer within three years. The contract "
                "lasts at most three years.",
                "fr": "Seulement pour les services sanitaires, sociaux ou culturels figurant sur la liste du Code. "
                "L’entreprise relève de l’article 1er de la loi n° 2014-856 ou est une structure équivalente, son "
                "objectif est d’assumer une mission de service public liée à ces services, et elle n’a pas reçu de tel "
                "marché du même acheteur depuis trois ans. Le marché dure trois ans au plus.",
            },
            "source": "Code de la commande publique, Articles L2113-15, L2113-16 and R2113-8",
            "source_url": CODE,
            **READ,
        },
    ],
    "uk": [
        {
            "code": "uk-supported-employment",
            "names": {"en": "Supported employment providers", "fr": "Structures d’emploi accompagné"},
            "conditions": {
                "en": "An organisation that operates wholly or partly to provide employment, or support for it, to "
                "disabled or disadvantaged individuals who represent at least 30 % of its workforce, or of the part "
                "of it that will perform the contract.",
                "fr": "Une organisation dont l’objet est, en tout ou partie, l’emploi ou l’accompagnement vers "
                "l’emploi de personnes handicapées ou défavorisées, qui représentent au moins 30 % de son "
                "effectif ou de la partie de celui-ci qui exécutera le marché.",
            },
            "source": "Procurement Act 2023, section 32",
            "source_url": "https://www.legislation.gov.uk/ukpga/2023/54/section/32",
            **READ,
        },
        {
            "code": "uk-public-service-mutuals",
            "names": {"en": "Qualifying public service mutuals", "fr": "Mutuelles de service public éligibles"},
            "conditions": {
                "en": "Only for the reservable light touch services that the Regulations list. The body is run for "
                "public services, reinvests or shares its profits with participation, is owned or managed by its "
                "employees or stakeholders, and has had no such contract within three years. The contract lasts at "
                "most five years.",
                "fr": "Seulement pour les services réservables énumérés par le règlement. L’organisme assure des "
                "services publics, réinvestit ses bénéfices ou les partage de façon participative, appartient à ses "
                "salariés ou parties prenantes ou est dirigé par eux, et n’a pas reçu de tel marché depuis trois ans. "
                "Le marché dure cinq ans au plus.",
            },
            "source": "Procurement Act 2023, section 33, and Procurement Regulations 2024",
            "source_url": "https://www.legislation.gov.uk/ukpga/2023/54/section/33",
            **READ,
        },
    ],
}
