"""The clauses that every library begins with, in our own words. None has been read by a lawyer when it comes.

They ask what a contract does: how it is written, whom it reaches, how people in it are paid, trained and treated. None
prefers a firm or a person for origin, belief, sex or who owns it: that would be against the law that they stand on.
"""

DIRECTIVE = "https://eur-lex.europa.eu/eli/dir/2014/24/oj"
CODE = "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000037701019/"
ACT = "https://www.legislation.gov.uk/ukpga/2023/54"

EUROPEAN = [
    {
        "code": "eu-usable-by-everybody",
        "jurisdiction": "eu",
        "stage": "technical_specification",
        "titles": {"en": "Usable by everybody", "fr": "Utilisable par toutes et tous"},
        "texts": {
            "en": "Everything that people use under this contract can be used by everybody, disabled people included. "
            "Websites, apps and documents meet EN 301 549 in its current version; places that people visit can be "
            "reached and used without steps. Where a part cannot meet this, the contractor says so before delivery and "
            "offers another way to the same result at no cost to the user.",
            "fr": "Tout ce que des personnes utilisent dans le cadre de ce marché peut être utilisé par toutes "
            "et tous, y compris les personnes handicapées. Les sites, applications et documents respectent la "
            "norme EN 301 549 en vigueur ; les lieux ouverts au public sont accessibles de plain-pied. Si un "
            "élément ne peut pas y satisfaire, le titulaire le dit avant la livraison et propose un autre moyen "
            "d’arriver au même résultat, sans frais pour l’usager.",
        },
        "legal_basis": "Directive 2014/24/EU, Article 42(1): specifications for what natural persons use take account "
        "of accessibility for persons with disabilities and of design for all users",
        "legal_basis_url": DIRECTIVE,
        "subject_checks": {
            "en": "Is what you buy used by people, staff included? Name what they use.",
            "fr": "Ce que vous achetez est-il utilisé par des personnes, y compris par vos agents ? Dites quoi.",
        },
        "indicators": {
            "en": "Number of accessibility problems found and not yet mended at the end of the period",
            "fr": "Nombre de défauts d’accessibilité constatés et non corrigés à la fin de la période",
        },
    },
    {
        "code": "eu-understood-by-users",
        "jurisdiction": "eu",
        "stage": "award_criterion",
        "titles": {"en": "Understood by those it serves", "fr": "Compris par celles et ceux qu’il sert"},
        "texts": {
            "en": "We score how well the service will be understood by the people it serves: plain words, the "
            "languages that users of this service speak, interpreting where it matters, and how understanding "
            "is tested with users. The description of the method is scored. Who the staff are, where they come "
            "from and who owns the firm is not asked and not scored.",
            "fr": "Nous notons la façon dont le service sera compris par les personnes qu’il sert : langage clair, "
            "langues parlées par les usagers de ce service, interprétariat lorsque c’est nécessaire, vérification de "
            "la compréhension avec des usagers. C’est la méthode décrite qui est notée. Qui sont les salariés, d’où "
            "ils viennent et qui possède l’entreprise n’est ni demandé ni noté.",
        },
        "legal_basis": "Directive 2014/24/EU, Article 67(2) and (3): quality criteria, social characteristics "
        "included, that are linked to the subject-matter of the contract",
        "legal_basis_url": DIRECTIVE,
        "subject_checks": {
            "en": "Does the service reach people who read or speak other languages, or need plain words? Say how you "
            "know.",
            "fr": "Le service s’adresse-t-il à des personnes qui lisent ou parlent d’autres langues, ou ont "
            "besoin d’un langage clair ? Dites comment vous le savez.",
        },
        "indicators": {
            "en": "Share of asked users who say that they understood, in per cent",
            "fr": "Part des usagers interrogés qui disent avoir compris, en pour cent",
        },
    },
    {
        "code": "eu-small-firms-in-the-chain",
        "jurisdiction": "eu",
        "stage": "performance_condition",
        "titles": {"en": "Small firms in the supply chain", "fr": "Petites entreprises dans la chaîne de fourniture"},
        "texts": {
            "en": "Parts of this contract that the contractor gives to others are announced where every firm can find "
            "them, in parts that a small firm can carry out, with what is asked kept to what the part needs. Each "
            "subcontractor is paid within 30 days of a correct invoice. The contractor reports to us, per quarter, the "
            "parts announced, the number of firms that answered and the days until payment.",
            "fr": "Les parts de ce marché que le titulaire confie à d’autres sont annoncées là où toute "
            "entreprise peut les trouver, en parts qu’une petite entreprise peut exécuter, avec des exigences "
            "limitées à ce que la part demande. Chaque sous-traitant est payé dans les 30 jours d’une facture "
            "correcte. Le titulaire nous rend compte chaque trimestre des parts annoncées, du nombre "
            "d’entreprises qui ont répondu et des délais de paiement.",
        },
        "legal_basis": "Directive 2014/24/EU, Articles 70 and 71 (conditions of performance, subcontracting); "
        "Directive 2011/7/EU (late payment)",
        "legal_basis_url": DIRECTIVE,
        "subject_checks": {
            "en": "Which parts of this contract are usually given to others?",
            "fr": "Quelles parts de ce marché sont habituellement confiées à d’autres ?",
        },
        "indicators": {
            "en": "Days from correct invoice to payment of subcontractors, on average",
            "fr": "Nombre moyen de jours entre la facture correcte et le paiement des sous-traitants",
        },
    },
    {
        "code": "eu-equal-pay-and-treatment",
        "jurisdiction": "eu",
        "stage": "performance_condition",
        "titles": {"en": "Equal pay and equal treatment", "fr": "Égalité de rémunération et de traitement"},
        "texts": {
            "en": "For the people who carry out this contract, subcontractors included, the contractor pays equal pay "
            "for equal work or work of equal value, announces posts openly, and has a way to complain about "
            "discrimination or harassment that is known to them and protects whoever uses it. Once a year the "
            "contractor tells us how many complaints were made and settled, as numbers without names or grounds.",
            "fr": "Pour les personnes qui exécutent ce marché, sous-traitants compris, le titulaire verse une "
            "rémunération égale pour un travail égal ou de même valeur, publie les postes, et dispose d’une voie de "
            "réclamation contre les discriminations et le harcèlement, connue d’elles et qui protège qui s’en sert. "
            "Une fois par an, le titulaire nous dit combien de réclamations ont été faites et réglées, en nombres, "
            "sans noms ni motifs.",
        },
        "legal_basis": "Directive 2014/24/EU, Articles 18(2) and 70; Directives 2000/43/EC, 2000/78/EC and 2006/54/EC; "
        "Directive (EU) 2023/970, Article 24",
        "legal_basis_url": DIRECTIVE,
        "subject_checks": {
            "en": "Do people work to carry out this contract? Say which work, and that the condition is about "
            "it alone.",
            "fr": "Des personnes travaillent-elles à l’exécution de ce marché ? Dites à quel travail la condition "
            "s’applique, et à lui seul.",
        },
        "indicators": {
            "en": "Share of complaints settled within three months, in per cent",
            "fr": "Part des réclamations réglées en trois mois, en pour cent",
        },
    },
]

FRENCH = [
    {
        "code": "fr-plain-words",
        "jurisdiction": "fr",
        "stage": "technical_specification",
        "titles": {"en": "Written in plain words", "fr": "Rédigé en langage clair"},
        "texts": {
            "en": "Whatever is written for the public under this contract is in plain French, and its main points also "
            "in easy-to-read form (FALC). Digital content meets the RGAA. At least five users read each main document "
            "before it appears; what they did not understand is rewritten.",
            "fr": "Tout ce qui est écrit pour le public dans le cadre de ce marché l’est en langage clair, et "
            "l’essentiel aussi en facile à lire et à comprendre (FALC). Les contenus numériques respectent le RGAA. Au "
            "moins cinq usagers relisent chaque document principal avant sa parution ; ce qu’ils n’ont pas compris "
            "est réécrit.",
        },
        "legal_basis": "Code de la commande publique, Articles L2111-2 and R2111-4 and following (technical "
        "specifications); Act 2005-102, Article 47 (digital accessibility)",
        "legal_basis_url": CODE,
        "subject_checks": {
            "en": "Which texts does this contract bring to the public?",
            "fr": "Quels textes ce marché apporte-t-il au public ?",
        },
        "indicators": {
            "en": "Share of main documents that users read before they appeared, in per cent",
            "fr": "Part des documents principaux relus par des usagers avant parution, en pour cent",
        },
    },
    {
        "code": "fr-training-and-tutoring",
        "jurisdiction": "fr",
        "stage": "award_criterion",
        "titles": {"en": "Quality of training and tutoring", "fr": "Qualité de la formation et du tutorat"},
        "texts": {
            "en": "We score the plan for people who come back to work through this contract: tasks they learn, "
            "hours of training, tutors and their time, and what happens at the end of the contract. Only the "
            "plan for this contract is scored, not the firm's general policy, its size, or who owns it.",
            "fr": "Nous notons le plan prévu pour les personnes qui reviennent à l’emploi grâce à ce marché : tâches "
            "apprises, heures de formation, tuteurs et temps qui leur est donné, suites à la fin du marché. Seul le "
            "plan propre à ce marché est noté, et non la politique générale de l’entreprise, sa taille ou qui la "
            "possède.",
        },
        "legal_basis": "Code de la commande publique, Articles L2152-7, L2152-8 and R2152-7 (criteria linked to the "
        "subject of the contract or its conditions of performance; integration of people in difficulty among them)",
        "legal_basis_url": CODE,
        "subject_checks": {
            "en": "Which tasks of this contract can be learnt while doing them?",
            "fr": "Quelles tâches de ce marché peuvent s’apprendre en travaillant ?",
        },
        "indicators": {
            "en": "Hours of training given to people who came back to work through the contract",
            "fr": "Heures de formation données aux personnes revenues à l’emploi grâce au marché",
        },
    },
    {
        "code": "fr-hours-for-people-far-from-work",
        "jurisdiction": "fr",
        "stage": "performance_condition",
        "titles": {
            "en": "Hours of work for people far from employment",
            "fr": "Heures d’insertion pour des personnes éloignées de l’emploi",
        },
        "texts": {
            "en": "The contractor reserves the hours stated in the contract for people who are far from employment as "
            "the public employment service defines it (among others: out of work for over a year, receiving minimum "
            "income, disabled workers, young people without qualification). The facilitator that we name proves "
            "their situation; the contractor learns nothing else about them. The hours may be worked by own staff, "
            "through a temporary-work integration firm or a subcontractor. Nobody is chosen or refused for origin, "
            "belief or sex.",
            "fr": "Le titulaire réserve les heures indiquées au marché à des personnes éloignées de l’emploi au "
            "sens du service public de l’emploi (entre autres : sans emploi depuis plus d’un an, bénéficiaires "
            "de minima sociaux, travailleurs handicapés, jeunes sans qualification). Le facilitateur que nous "
            "désignons atteste leur situation ; le titulaire n’apprend rien d’autre sur elles. Les heures "
            "peuvent être faites par embauche directe, par une entreprise de travail temporaire d’insertion ou "
            "en sous-traitance. Personne n’est choisi ou écarté pour son origine, ses convictions ou son sexe.",
        },
        "legal_basis": "Code de la commande publique, Articles L2112-2 and L2112-2-1 (conditions of "
        "performance, social considerations)",
        "legal_basis_url": CODE,
        "subject_checks": {
            "en": "Which work of this contract suits it, and how many hours are reasonable for its size?",
            "fr": "Quel travail de ce marché s’y prête, et combien d’heures sont raisonnables au regard de son "
            "montant ?",
        },
        "indicators": {
            "en": "Hours worked by people far from employment",
            "fr": "Heures travaillées par des personnes éloignées de l’emploi",
        },
    },
    {
        "code": "fr-equality-at-work",
        "jurisdiction": "fr",
        "stage": "performance_condition",
        "titles": {
            "en": "Equality between women and men and no discrimination",
            "fr": "Égalité professionnelle et non-discrimination",
        },
        "texts": {
            "en": "For the team of this contract, subcontractors included, the contractor takes and reports measures "
            "against discrimination and for equality of women and men: open announcement of posts, equal pay for equal "
            "work, protective clothing and rooms for everybody, prevention of sexist behaviour and harassment, a "
            "person to turn to. Only measures are reported, never the characteristics of a person.",
            "fr": "Pour l’équipe de ce marché, sous-traitants compris, le titulaire prend des mesures contre les "
            "discriminations et pour l’égalité entre les femmes et les hommes, et en rend compte : publication des "
            "postes, salaire égal à travail égal, équipements et locaux adaptés à toutes et tous, prévention des "
            "agissements sexistes et du harcèlement, personne à qui s’adresser. Le compte rendu porte sur les mesures, "
            "jamais sur les caractéristiques d’une personne.",
        },
        "legal_basis": "Code de la commande publique, Articles L2112-2 and L2141-4; Code du travail, Articles L1132-1 "
        "and L1142-1 and following",
        "legal_basis_url": CODE,
        "subject_checks": {
            "en": "Which team carries out this contract, and in which working conditions?",
            "fr": "Quelle équipe exécute ce marché, et dans quelles conditions de travail ?",
        },
        "indicators": {
            "en": "Number of agreed measures that are in place at the end of the period",
            "fr": "Nombre de mesures convenues en place à la fin de la période",
        },
    },
]

BRITISH = [
    {
        "code": "uk-inclusive-by-design",
        "jurisdiction": "uk",
        "stage": "technical_specification",
        "titles": {"en": "Inclusive by design", "fr": "Conçu pour toutes et tous"},
        "texts": {
            "en": "What the public or our staff use under this contract meets WCAG 2.2 level AA where it is "
            "digital and BS 8300 where it is built, or is equivalent to them. The supplier tests it with "
            "disabled users and with people who read little English, and mends what they cannot use before it "
            "is accepted.",
            "fr": "Ce que le public ou nos agents utilisent dans le cadre de ce marché respecte WCAG 2.2 niveau "
            "AA pour le numérique et BS 8300 pour le bâti, ou équivalent. Le fournisseur le fait essayer par "
            "des usagers handicapés et par des personnes qui lisent peu l’anglais, et corrige avant réception "
            "ce qu’ils ne peuvent pas utiliser.",
        },
        "legal_basis": "Procurement Act 2023, section 56 (technical specifications, accessibility for disabled "
        "persons); Equality Act 2010, section 149",
        "legal_basis_url": ACT,
        "subject_checks": {
            "en": "What do the public or your staff use under this contract?",
            "fr": "Qu’utilisent le public ou vos agents dans le cadre de ce marché ?",
        },
        "indicators": {
            "en": "Number of problems found by users and not yet mended at the end of the period",
            "fr": "Nombre de défauts constatés par des usagers et non corrigés à la fin de la période",
        },
    },
    {
        "code": "uk-skills-plan",
        "jurisdiction": "uk",
        "stage": "award_criterion",
        "titles": {"en": "Skills and training places", "fr": "Compétences et places de formation"},
        "texts": {
            "en": "We score the plan for training places within this contract that are open to people who have "
            "been out of work for six months or more, care leavers, people leaving prison and others whom local "
            "support services refer: number of places, what is learnt, support, and chances of staying on. Only "
            "what this contract brings is scored. The characteristics of owners and staff of the firm are not.",
            "fr": "Nous notons le plan de places de formation prévues dans ce marché pour des personnes sans emploi "
            "depuis six mois ou plus, des jeunes sortant de l’aide à l’enfance, des personnes sortant de prison et "
            "d’autres adressées par les services locaux : nombre de places, apprentissages, accompagnement, chances de "
            "rester. Seul ce que ce marché apporte est noté, et non les caractéristiques des propriétaires ou des "
            "salariés de l’entreprise.",
        },
        "legal_basis": "Procurement Act 2023, sections 12 (public benefit) and 23 (award criteria relate to the "
        "subject matter); Public Services (Social Value) Act 2012",
        "legal_basis_url": ACT,
        "subject_checks": {
            "en": "Which work of this contract can be learnt on it, and how does that improve what you buy?",
            "fr": "Quel travail de ce marché peut s’y apprendre, et en quoi cela améliore-t-il ce que vous achetez ?",
        },
        "indicators": {
            "en": "Training places filled and finished",
            "fr": "Places de formation occupées et menées à terme",
        },
    },
    {
        "code": "uk-open-supply-chain",
        "jurisdiction": "uk",
        "stage": "performance_condition",
        "titles": {"en": "An open supply chain", "fr": "Une chaîne de sous-traitance ouverte"},
        "texts": {
            "en": "The supplier announces subcontracts under this contract where small firms look for work, describes "
            "them in plain words, splits them where that is reasonable, asks for no turnover or insurance beyond what "
            "the part needs, and gives feedback to firms that are not chosen. No firm is preferred for who owns it.",
            "fr": "Le fournisseur annonce les sous-traités de ce marché là où les petites entreprises cherchent du "
            "travail, les décrit en langage clair, les divise lorsque c’est raisonnable, ne demande ni chiffre "
            "d’affaires ni assurance au-delà de ce que la part exige, et explique leur choix aux entreprises non "
            "retenues. Aucune entreprise n’est préférée en raison de qui la possède.",
        },
        "legal_basis": "Procurement Act 2023, section 12(4) (barriers to small and medium-sized enterprises) "
        "and section 71 (contract performance)",
        "legal_basis_url": ACT,
        "subject_checks": {
            "en": "Which parts of this contract are likely to be subcontracted?",
            "fr": "Quelles parts de ce marché seront sans doute sous-traitées ?",
        },
        "indicators": {
            "en": "Share of the value subcontracted that went to small and medium-sized firms, in per cent",
            "fr": "Part du montant sous-traité confiée à des petites et moyennes entreprises, en pour cent",
        },
    },
    {
        "code": "uk-prompt-payment",
        "jurisdiction": "uk",
        "stage": "performance_condition",
        "titles": {
            "en": "Prompt payment down the chain",
            "fr": "Paiement rapide à tous les rangs de sous-traitance",
        },
        "texts": {
            "en": "Every valid and undisputed invoice under this contract and its subcontracts is paid within "
            "30 days at the latest; to firms with fewer than 50 employees within 10 working days. What is "
            "disputed is named, and the rest is paid. The supplier passes these terms on and reports the days "
            "to payment each quarter.",
            "fr": "Toute facture valable et non contestée, au titre de ce marché et de ses sous-traités, est "
            "payée en 30 jours au plus ; aux entreprises de moins de 50 salariés en 10 jours ouvrables. Ce qui "
            "est contesté est nommé, et le reste est payé. Le fournisseur répercute ces conditions et rend "
            "compte des délais chaque trimestre.",
        },
        "legal_basis": "Procurement Act 2023, sections 68 and 73 (payment within 30 days, in subcontracts too); "
        "the ten days are the contract's own",
        "legal_basis_url": ACT,
        "subject_checks": {
            "en": "Is anybody but the supplier paid for work on this contract, and how long does payment take today?",
            "fr": "D’autres que le fournisseur sont-ils payés pour ce marché, et en combien de temps aujourd’hui ?",
        },
        "indicators": {
            "en": "Share of invoices paid in time, in per cent",
            "fr": "Part des factures payées à temps, en pour cent",
        },
    },
]

CLAUSES = EUROPEAN + FRENCH + BRITISH
