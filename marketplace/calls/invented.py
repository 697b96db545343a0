"""The words of the demo's calls, in the languages that buyers write in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Patterns with {work}, {Work}, {town} and {buyer}; `parts` name lots. `offer` is what a firm writes, `awarded` why
    it was chosen, `feedback` what others are told."""

    titles: tuple[str, ...]
    needs: tuple[str, ...]
    further: tuple[str, ...]
    parts: tuple[str, ...]
    lot: str
    cancelled: str
    unsuccessful: str
    grounds: str
    offer: tuple[str, ...]
    awarded: str
    feedback: tuple[str, ...]


WORDS = {
    "en": Words(
        ("{Work} in {town}", "{Work} for {buyer}", "Framework for {work}"),
        (
            "{buyer} is looking for {work} in {town} and around it.",
            "We need {work} at several of our sites in and near {town}.",
        ),
        (
            "Small firms are welcome: you may respond to one lot alone, and jointly with others.",
            "What counts is quality (60 %) and price (40 %); how we judge quality stands in the documents.",
            "We pay within 30 days of a correct invoice.",
            "A visit of the sites can be arranged in the first two weeks.",
            "Please say how you plan the work, with whom, and how you make up for absences.",
            "References are welcome but not required: tell us how you would go about it.",
        ),
        ("north", "south", "east", "west", "town centre", "schools", "offices", "libraries"),
        "The work of this part, at the places named in the documents.",
        "The budget for it was not granted this year.",
        "No response met the minimum of quality.",
        "At least a third of the work can be done by people who find it hard to get any.",
        (
            "We do this work for three clients nearby and can begin on the day you name. Absences are made "
            "up for the same morning.",
            "A team of six, one contact, and a visit of the sites every week. Our price holds for the whole term.",
            "Our people come from the quarter itself. We would begin with a trial month, at the same price.",
        ),
        "The clearest plan for absences, and a fair price.",
        (
            "Your plan convinced us; your price was above that of the firm chosen. Please respond again.",
            "We missed how you make up for absences. What you wrote about quality was the best of all.",
        ),
    ),
    "fr": Words(
        ("{Work} à {town}", "{Work} pour {buyer}", "Accord-cadre : {work}"),
        (
            "{buyer} recherche, à {town} et dans ses environs : {work}.",
            "Nous avons besoin sur plusieurs de nos sites, à {town} et à proximité, de : {work}.",
        ),
        (
            "Les petites entreprises sont les bienvenues : vous pouvez répondre à un seul lot, et en groupement.",
            "Nous jugeons la qualité (60 %) et le prix (40 %) ; les critères détaillés figurent dans les documents.",
            "Nous payons dans les 30 jours suivant une facture correcte.",
            "Une visite des lieux peut être organisée pendant les deux premières semaines.",
            "Dites-nous comment vous organisez le travail, avec qui, et comment vous remplacez les absents.",
            "Les références sont utiles mais non exigées : expliquez comment vous procéderiez.",
        ),
        ("nord", "sud", "est", "ouest", "centre-ville", "écoles", "bureaux", "bibliothèques"),
        "Les prestations de cette partie, dans les lieux nommés dans les documents.",
        "Le budget n’a pas été accordé cette année.",
        "Aucune réponse n’atteignait la qualité minimale.",
        "Un tiers au moins du travail peut être confié à des personnes éloignées de l’emploi.",
        (
            "Nous assurons ces prestations pour trois clients voisins et pouvons commencer à la date "
            "voulue. Les absences sont remplacées le matin même.",
            "Une équipe de six personnes, un seul interlocuteur et une visite des lieux chaque semaine. "
            "Notre prix vaut pour toute la durée.",
            "Nos équipes viennent du quartier. Nous proposons un mois d’essai au même prix.",
        ),
        "Le plan de remplacement le plus clair, à un prix juste.",
        (
            "Votre organisation nous a convaincus ; votre prix dépassait celui de l’entreprise retenue. "
            "N’hésitez pas à répondre de nouveau.",
            "Il nous manquait la façon dont vous remplacez les absents. Sur la qualité, votre réponse était "
            "la meilleure.",
        ),
    ),
    "de": Words(
        ("{Work} in {town}", "{Work} für {buyer}", "Rahmenvertrag: {work}"),
        (
            "{buyer} sucht in {town} und Umgebung: {work}.",
            "Wir brauchen an mehreren Standorten in und bei {town}: {work}.",
        ),
        (
            "Kleine Firmen sind willkommen: Sie können sich auf ein einziges Los bewerben, auch gemeinsam mit anderen.",
            "Es zählen Qualität (60 %) und Preis (40 %); Näheres steht in den Unterlagen.",
            "Wir zahlen binnen 30 Tagen nach einer richtigen Rechnung.",
            "Bitte schreiben Sie, wie und mit wem Sie die Arbeit planen.",
        ),
        ("Nord", "Süd", "Ost", "West", "Innenstadt", "Schulen", "Büros", "Büchereien"),
        "Die Leistungen dieses Teils an den in den Unterlagen genannten Orten.",
        "Die Mittel wurden in diesem Jahr nicht bewilligt.",
        "Keine Antwort erreichte die Mindestqualität.",
        "Mindestens ein Drittel der Arbeit können Menschen leisten, die schwer Arbeit finden.",
        (
            "Wir arbeiten für drei Kunden in der Nähe und können am gewünschten Tag beginnen. Ausfälle "
            "ersetzen wir am selben Morgen.",
            "Ein Team von sechs Leuten, ein Ansprechpartner, jede Woche ein Rundgang. Unser Preis gilt für "
            "die ganze Laufzeit.",
            "Unsere Leute kommen aus dem Viertel. Wir schlagen einen Probemonat zum selben Preis vor.",
        ),
        "Der klarste Plan für Ausfälle zu einem fairen Preis.",
        (
            "Ihr Plan hat uns überzeugt, Ihr Preis lag über dem der ausgewählten Firma. Bewerben Sie sich gern wieder.",
            "Uns fehlte, wie Sie Ausfälle ersetzen. Zur Qualität war Ihre Antwort die beste.",
        ),
    ),
    "es": Words(
        ("{Work} en {town}", "{Work} para {buyer}", "Acuerdo marco: {work}"),
        (
            "{buyer} busca en {town} y sus alrededores: {work}.",
            "Necesitamos en varias de nuestras sedes de {town}: {work}.",
        ),
        (
            "Las pequeñas empresas son bienvenidas: puede responder a un solo lote, también junto con otras.",
            "Cuentan la calidad (60 %) y el precio (40 %); los detalles están en los documentos.",
            "Pagamos en los 30 días siguientes a una factura correcta.",
            "Díganos cómo organiza el trabajo y con quién.",
        ),
        ("norte", "sur", "este", "oeste", "centro", "colegios", "oficinas", "bibliotecas"),
        "Los trabajos de esta parte, en los lugares que nombran los documentos.",
        "Este año no se concedió el presupuesto.",
        "Ninguna respuesta alcanzó la calidad mínima.",
        "Al menos un tercio del trabajo pueden hacerlo personas con dificultades para encontrar empleo.",
        (
            "Hacemos este trabajo para tres clientes cercanos y podemos empezar el día que digan. Cubrimos "
            "las ausencias la misma mañana.",
            "Un equipo de seis personas, un solo contacto y una visita semanal. Nuestro precio vale para "
            "toda la duración.",
            "Nuestra gente es del barrio. Proponemos un mes de prueba al mismo precio.",
        ),
        "El plan más claro para las ausencias, a un precio justo.",
        (
            "Su plan nos convenció; su precio superaba el de la empresa elegida. Vuelva a responder, por favor.",
            "Nos faltó saber cómo cubren las ausencias. En calidad, su respuesta fue la mejor.",
        ),
    ),
    "pt": Words(
        ("{Work} em {town}", "{Work} para {buyer}", "Acordo-quadro: {work}"),
        (
            "{buyer} procura em {town} e arredores: {work}.",
            "Precisamos em vários dos nossos locais em {town}: {work}.",
        ),
        (
            "As pequenas empresas são bem-vindas: pode responder a um só lote, também em conjunto com outras.",
            "Contam a qualidade (60 %) e o preço (40 %); os pormenores estão nos documentos.",
            "Pagamos nos 30 dias seguintes a uma fatura correta.",
            "Diga-nos como organiza o trabalho e com quem.",
        ),
        ("norte", "sul", "leste", "oeste", "centro", "escolas", "escritórios", "bibliotecas"),
        "Os trabalhos desta parte, nos locais nomeados nos documentos.",
        "O orçamento não foi concedido este ano.",
        "Nenhuma resposta atingiu a qualidade mínima.",
        "Pelo menos um terço do trabalho pode ser feito por pessoas com dificuldade em encontrar emprego.",
        (
            "Fazemos este trabalho para três clientes próximos e podemos começar no dia indicado. As faltas "
            "são supridas na mesma manhã.",
            "Uma equipa de seis pessoas, um só contacto e uma visita por semana. O nosso preço vale para todo o prazo.",
            "A nossa gente é do bairro. Propomos um mês de experiência ao mesmo preço.",
        ),
        "O plano mais claro para as faltas, a um preço justo.",
        (
            "O seu plano convenceu-nos; o preço estava acima do da empresa escolhida. Responda de novo, por favor.",
            "Faltou-nos saber como suprem as faltas. Na qualidade, a sua resposta foi a melhor.",
        ),
    ),
    "nl": Words(
        ("{Work} in {town}", "{Work} voor {buyer}", "Raamovereenkomst: {work}"),
        (
            "{buyer} zoekt in {town} en omgeving: {work}.",
            "Wij hebben op verschillende plaatsen in {town} nodig: {work}.",
        ),
        (
            "Kleine bedrijven zijn welkom: u kunt op één perceel reageren, ook samen met anderen.",
            "Kwaliteit (60 %) en prijs (40 %) tellen; de documenten zeggen hoe.",
            "Wij betalen binnen 30 dagen na een juiste factuur.",
            "Schrijf ons hoe en met wie u het werk plant.",
        ),
        ("noord", "zuid", "oost", "west", "centrum", "scholen", "kantoren", "bibliotheken"),
        "Het werk van dit deel, op de plaatsen die in de documenten staan.",
        "Het budget is dit jaar niet toegekend.",
        "Geen enkel antwoord haalde de minimale kwaliteit.",
        "Minstens een derde van het werk kan worden gedaan door mensen die moeilijk werk vinden.",
        (
            "Wij doen dit werk voor drie klanten in de buurt en kunnen op de gevraagde dag beginnen. "
            "Afwezigen vervangen wij dezelfde ochtend.",
            "Een ploeg van zes mensen, één aanspreekpunt en elke week een rondgang. Onze prijs geldt voor "
            "de hele looptijd.",
            "Onze mensen komen uit de wijk. Wij stellen een proefmaand voor tegen dezelfde prijs.",
        ),
        "Het duidelijkste plan voor afwezigheid, voor een eerlijke prijs.",
        (
            "Uw plan overtuigde ons; uw prijs lag boven die van het gekozen bedrijf. Reageer gerust opnieuw.",
            "Wij misten hoe u afwezigen vervangt. Over kwaliteit was uw antwoord het beste.",
        ),
    ),
}
