"""Know the words by which sentences about a home can be compared, in the languages that Hearth speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language, or of several together; all as `tokens` gives them.

    `ignored` say nothing about a subject; `negations` turn a sentence round; `attributes` are what somebody or
    something has only one of, `roles` what somebody is to a home; `relations` name what is said of a subject that has
    one such thing at a time, by the phrases that say so; `is_words` say it of anything; `places` begin a phrase of
    where or when; `moments` are values that change while the rest of a sentence stays; `ours` show that a fact is
    everybody's, `mine` that it is the speaker's; `asks` maps a question's word to what it asks for: "who", "when" or
    "where".
    """

    ignored: frozenset[str]
    negations: frozenset[str]
    attributes: frozenset[str]
    roles: frozenset[str]
    relations: Mapping[tuple[str, ...], str]
    is_words: frozenset[str]
    names: frozenset[str]
    places: frozenset[str]
    moments: frozenset[str]
    ours: frozenset[str]
    mine: frozenset[str]
    asks: Mapping[str, str]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _asks(words: str) -> dict[str, str]:
    kinds = zip(("who", "when", "where"), words.split("|"), strict=True)
    return {word: kind for kind, several in kinds for word in several.split()}


def _relations(**phrases: str) -> dict[tuple[str, ...], str]:
    return {tuple(phrase.split()): name for name, text in phrases.items() for phrase in text.split("|")}


_LANGUAGES: Mapping[str, Wording] = {
    "en": Wording(
        ignored=_set(
            "a an the this that these those my our your his her their its of to for with and or do does did what who "
            "whom whose which when where why how can could would please me us it so very now new current currently "
            "any some be been am in on at by from about tell know there have has had always usually normally"
        ),
        negations=_set("not no never dont doesnt isnt arent cannot cant wont longer anymore nobody nothing without"),
        attributes=_set(
            "birthday password code pin number address phone email name favourite favorite size colour color limit "
            "plate iban anniversary bedtime deadline username network ssid brand model version capacity price height "
            "weight age"
        ),
        roles=_set(
            "doctor dentist vet plumber electrician landlord gardener mechanic neighbour neighbor cleaner babysitter "
            "teacher boss wife husband partner girlfriend boyfriend"
        ),
        relations=_relations(
            called="is called|are called|is named|are named|goes by",
            lives="live in|lives in|live at|lives at|moved to",
            works="work at|works at|work for|works for|work as|works as",
            born="was born|were born",
            costs="cost|costs",
            starts="start at|starts at|begin at|begins at",
            ends="end at|ends at",
            opens="open at|opens at",
            closes="close at|closes at",
        ),
        is_words=_set("is are was were s"),
        names=_set("name names"),
        places=_set("in on at by from under over near behind beside between with without for to until since"),
        moments=_set(
            "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
            "august september october november december am pm noon midnight morning evening afternoon"
        ),
        ours=_set("we us our ours everyone everybody household family"),
        mine=_set("i my me mine myself im"),
        asks=_asks("who whose|when|where"),
    ),
    "de": Wording(
        ignored=_set(
            "der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner unser unsere "
            "unseren unserem unserer dein sein ihr und oder was wer wen wem wann wo warum wie welche welcher bitte mir "
            "uns es so sehr jetzt nun neu neue neuer neues in im an am auf bei von vom zu zum zur mit uber hat haben "
            "habe immer meist kannst sag weisst dass"
        ),
        negations=_set("nicht kein keine keinen nie niemals mehr ohne niemand nichts"),
        attributes=_set(
            "geburtstag passwort kennwort code pin nummer adresse telefon telefonnummer name lieblingsfarbe "
            "lieblingsessen grosse farbe kennzeichen marke modell preis alter"
        ),
        roles=_set(
            "arzt arztin klempner klempnerin elektriker elektrikerin vermieter vermieterin gartner gartnerin nachbar "
            "nachbarin lehrer lehrerin chef chefin frau mann"
        ),
        relations=_relations(
            called="heisst|heissen|heisse|wird genannt",
            lives="wohnt in|wohne in|wohnen in|lebt in|lebe in|leben in",
            works="arbeitet bei|arbeite bei|arbeitet als|arbeite als|arbeiten bei",
            born="ist geboren|wurde geboren",
            costs="kostet|kosten",
            starts="beginnt um|fangt um",
            ends="endet um",
            opens="offnet um",
            closes="schliesst um",
        ),
        is_words=_set("ist sind war waren bin lautet"),
        names=_set("name namen"),
        places=_set("in im an am auf bei unter uber neben hinter zwischen vor aus mit ohne fur seit bis"),
        moments=_set(
            "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar marz april mai juni "
            "juli august september oktober november dezember uhr mittag mitternacht morgens abends"
        ),
        ours=_set("wir uns unser unsere unseren unserem unserer alle haushalt familie"),
        mine=_set("ich mein meine meinen meinem meiner mir mich"),
        asks=_asks("wer wen wem|wann|wo"),
    ),
    "es": Wording(
        ignored=_set(
            "el la los las un una unos unas mi mis nuestro nuestra nuestros nuestras tu su sus de del al y o que quien "
            "cuando donde cual como por favor me nos lo muy ahora nuevo nueva en con para tiene tengo siempre sabes"
        ),
        negations=_set("no nunca jamas ya nadie nada sin"),
        attributes=_set(
            "cumpleanos contrasena clave codigo pin numero direccion telefono correo nombre favorito favorita talla "
            "color matricula marca modelo precio edad"
        ),
        roles=_set(
            "medico medica dentista veterinario veterinaria fontanero fontanera electricista casero casera jardinero "
            "jardinera vecino vecina profesor profesora jefe jefa mujer marido"
        ),
        relations=_relations(
            called="se llama|se llaman|me llamo",
            lives="vive en|vivo en|vivimos en|viven en",
            works="trabaja en|trabajo en|trabaja de|trabajo de",
            born="nacio|naci",
            costs="cuesta|cuestan",
            starts="empieza a|comienza a",
            ends="termina a|acaba a",
            opens="abre a",
            closes="cierra a",
        ),
        is_words=_set("es son era eran esta estan soy"),
        names=_set("nombre nombres"),
        places=_set("en sobre bajo junto detras entre desde hasta con sin para por cerca"),
        moments=_set(
            "lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto "
            "septiembre octubre noviembre diciembre mediodia medianoche manana tarde noche"
        ),
        ours=_set("nosotros nosotras nos nuestro nuestra nuestros nuestras todos familia"),
        mine=_set("yo mi mis mio mia me"),
        asks=_asks("quien|cuando|donde"),
    ),
    "fr": Wording(
        ignored=_set(
            "le la les l un une des de du d mon ma mes notre nos ton ta votre son sa ses leur et ou que qui quand "
            "comment quel quelle quels est ce c s il vous plait moi nous tres maintenant nouveau nouvelle nouvel a au "
            "aux en dans avec pour ai as avons ont toujours j"
        ),
        negations=_set("ne n pas jamais plus aucun aucune personne rien sans"),
        attributes=_set(
            "anniversaire passe code pin numero adresse telephone nom prefere preferee taille couleur plaque marque "
            "modele prix age"
        ),
        roles=_set(
            "medecin dentiste veterinaire plombier plombiere electricien electricienne proprietaire jardinier "
            "jardiniere voisin voisine professeur chef femme mari"
        ),
        relations=_relations(
            called="s appelle|s appellent|m appelle",
            lives="habite a|habite en|habitons a|vit a|vis a",
            works="travaille chez|travaille a|travaille comme",
            born="est ne|est nee|suis ne|suis nee",
            costs="coute|coutent",
            starts="commence a",
            ends="finit a",
            opens="ouvre a",
            closes="ferme a",
        ),
        is_words=_set("est sont etait etaient suis"),
        names=_set("nom noms"),
        places=_set("en dans sur sous pres derriere entre depuis avec sans pour chez a au aux"),
        moments=_set(
            "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout "
            "septembre octobre novembre decembre heures midi minuit matin soir"
        ),
        ours=_set("nous notre nos tous famille"),
        mine=_set("je j mon ma mes moi me m"),
        asks=_asks("qui|quand|ou"),
    ),
    "nl": Wording(
        ignored=_set(
            "de het een mijn ons onze jouw zijn haar hun van en of wat wie wanneer waar waarom hoe welke welk "
            "alsjeblieft mij me er zo heel nu nieuw nieuwe in op aan bij met voor te heeft heb hebben altijd kun weet "
            "dat"
        ),
        negations=_set("niet geen nooit meer zonder niemand niets"),
        attributes=_set(
            "verjaardag wachtwoord code pin nummer adres telefoon telefoonnummer naam lievelingskleur lievelingseten "
            "maat kleur kenteken merk model prijs leeftijd"
        ),
        roles=_set("arts loodgieter elektricien huisbaas tuinman buurman buurvrouw leraar lerares baas vrouw man"),
        relations=_relations(
            called="heet|heten",
            lives="woont in|woon in|wonen in",
            works="werkt bij|werk bij|werkt als|werk als",
            born="is geboren",
            costs="kost|kosten",
            starts="begint om",
            ends="eindigt om",
            opens="opent om",
            closes="sluit om",
        ),
        is_words=_set("is zijn was waren ben"),
        names=_set("naam namen"),
        places=_set("in op aan bij onder boven naast achter tussen voor uit met zonder sinds tot"),
        moments=_set(
            "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli "
            "augustus september oktober november december uur middag middernacht ochtend avond"
        ),
        ours=_set("wij we ons onze iedereen huishouden gezin"),
        mine=_set("ik mijn mij me"),
        asks=_asks("wie|wanneer|waar"),
    ),
}


@cache
def wording(language: str) -> Wording:
    """Return the words of a language, with those of English beside them: people mix them."""
    english = _LANGUAGES["en"]
    spoken = _LANGUAGES.get(language.split("-", maxsplit=1)[0].lower(), english)
    if spoken is english:
        return english
    both: dict[str, Any] = {}
    for field in fields(Wording):
        first, second = getattr(english, field.name), getattr(spoken, field.name)
        both[field.name] = {**first, **second} if isinstance(first, dict) else first | second
    return Wording(**both)
