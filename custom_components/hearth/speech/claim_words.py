"""Hold the words by which every language claims that something was done, and those that take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .deed_kinds import NAMINGS, Naming


@dataclass(frozen=True, slots=True)
class Claiming:
    """How a language claims: patterns in small letters without accents.

    `sure` are claims by themselves, `maybe` those that need one of the `things`, which with `compounds` may end a
    longer word; `unless` takes back what stands in the same clause, `beginning` what a sentence begins with that is no
    claim as a whole. Every claim has a word of `hints` before anything else of it; these stand for words as they are
    written, in small letters. One of the `verbs` is enough for a deed that a claim goes on with; `naming` tells deeds
    apart.
    """

    naming: Naming
    verbs: str
    sure: tuple[str, ...]
    maybe: tuple[str, ...]
    things: str
    unless: str
    beginning: str
    hints: str
    compounds: bool = False


_EN_AGAIN = r"(?:just |now |already |also |successfully |gone ahead and |safely |finally )*"
_EN_SURE = (
    r"(?:turned|switched) (?:\S+ ){0,8}?(?:on|off|up|down)|(?:turned|switched) (?:the|your|all|it|"
    r"them)|unlocked|locked|armed|"
    r"disarmed|dimmed|brightened|muted|unmuted|vacuumed"
)
_EN_MAYBE = (
    r"opened|closed|shut|set|started|stopped|paused|resumed|played|activated|deactivated|enabled|"
    r"disabled|added|removed|"
    r"deleted|created|scheduled|sent|announced|booked|cancelled|canceled|raised|lowered|increased|decreased|reduced|"
    r"adjusted|changed|moved|ran|run|triggered|pressed|put|marked|saved|noted|updated|installed|restarted|made|ordered"
)
_EN_ING = (
    r"(?:turning|switching) (?:\S+ ){0,6}?(?:on|off)|unlocking|locking|opening|closing|dimming|"
    r"setting|starting|stopping|"
    r"pausing|playing|arming|disarming|lowering|raising|adding|sending"
)
_EN_STATE = (
    r"on|off|open|opened|closed|shut|locked|unlocked|armed|disarmed|playing|paused|muted|running|set|dimmed|activated|"
    r"deactivated|enabled|disabled|added|removed|turned|switched|scheduled|sent|started|stopped"
)
_EN = Claiming(
    naming=NAMINGS["en"],
    verbs=rf"{_EN_SURE}|{_EN_MAYBE}|{_EN_ING}",
    sure=(
        rf"\bi(?:'ve| have)? {_EN_AGAIN}(?:{_EN_SURE})\b",
        rf"\bi(?:'m| am) {_EN_AGAIN}(?:{_EN_ING})\b",
        (
            r"^(?:(?:ok|okay|sure|alright|great|yes)\W+)?(?:done|all done|it's done|it is done|that's done|"
            r"consider it done)(?:$|,)"
        ),
        rf"\b(?:has|have) (?:now |just )?been (?:successfully )?(?:{_EN_SURE})\b",
    ),
    maybe=(
        rf"\bi(?:'ve| have)? {_EN_AGAIN}(?:{_EN_MAYBE})\b",
        rf"\b(?:has|have) (?:now |just )?been (?:successfully )?(?:{_EN_MAYBE})\b",
        rf"\b(?:is|are) now (?:being )?(?:{_EN_STATE})\b",
        rf"^(?:(?:ok|okay|sure|alright|great|yes|of course|certainly)\W+)?(?:{_EN_ING})\b",
    ),
    things=(
        r"lights?|lamps?|doors?|locks?|gates?|garage|windows?|blinds?|shutters?|curtains?|covers?|"
        r"awning|thermostat|"
        r"heating|heater|radiators?|temperature|boiler|air conditioning|ac|fans?|switch(?:es)?|plugs?|"
        r"outlets?|tv|television|"
        r"music|radio|speakers?|volume|song|playlist|alarm|siren|vacuum|robot|mower|dishwasher|"
        r"washing machine|dryer|oven|"
        r"coffee (?:machine|maker)|valve|sprinklers?|irrigation|camera|humidifier|purifier|scene|script|"
        r"automation|timers?|"
        r"reminders?|calendar|appointment|shopping list|to-?do(?: list)?|(?:your|the) (?:\w+ )?list|"
        r"message|notification|"
        r"announcement|kitchen|bedroom|bathroom|living room|hallway|office|devices?|degrees|everything|"
        r"it to \d|that for you|"
        r"system|mode|brightness|percent"
    ),
    unless=(
        r"\b(?:not|never|nothing|none|nobody|neither|unable|failed|without|would|could|should|can|cannot|"
        r"may|might|must|"
        r"ago|earlier|yesterday|before|last|since|this morning|this afternoon|times|once|twice|"
        r"previously|no|at \d+(?! (?:degrees|percent|%))|by hand|"
        r"someone|somebody|who|which|that you|below|above|poem|story|recipe|summary|draft|example|for instance|mind|"
        r"helps?|saves?|costs?|takes|makes|requires?|needs?|is (?:easy|best|not|a|the)|means|lets)\b|n't\b"
    ),
    beginning=(
        r"^(?:if|unless|when|whenever|once|after|before|until|as soon as|do|did|have|has|shall|should|"
        r"would|imagine)\b"
    ),
    hints=(
        r"^\W*(?:ok|okay|sure|alright|great|yes|of|certainly|all|done|it|it['\u2019]s|that['\u2019]s|consider|\w+ing)|"
        r"i|i['\u2019](?:ve|m)|ha[sv]e?|is|are"
    ),
)

_DE_SURE = (
    r"(?:ein|aus|an|ab)(?:ge)?(?:schaltet|macht|stellt)|(?:ein|aus|an|ab)geschaltet|(?:an|"
    r"aus)gemacht|(?:auf|zu)gemacht|"
    r"entriegelt|verriegelt|abgeschlossen|aufgeschlossen|aufgesperrt|zugesperrt|abgesperrt|entsperrt|"
    r"gedimmt|stummgeschaltet|"
    r"scharf ?(?:gestellt|geschaltet)|unscharf ?(?:gestellt|geschaltet)|entscharft|(?:hoch|herunter|runter)gefahren|"
    r"(?:herunter|runter)gelassen|hochgezogen"
)
_DE_MAYBE = (
    r"geoffnet|geschlossen|gestellt|eingestellt|gesetzt|gestartet|gestoppt|angehalten|pausiert|fortgesetzt|abgespielt|"
    r"aktiviert|deaktiviert|hinzugefugt|entfernt|geloscht|erstellt|angelegt|eingetragen|geplant|"
    r"gesendet|geschickt|verschickt|"
    r"durchgesagt|angekundigt|abgesagt|erhoht|gesenkt|verringert|reduziert|angepasst|geandert|"
    r"ausgelost|gedruckt|gespeichert|"
    r"notiert|aktualisiert|installiert|neu gestartet|geschaltet|gedreht|ausgefuhrt|reguliert|gelegt|geschrieben|gesetzt"
)
_DE_DO = (
    r"schalte|mache|offne|schliesse|entriegle|verriegle|entriegele|verriegele|stelle|dimme|starte|"
    r"stoppe|spiele|sperre|fahre|"
    r"aktiviere|deaktiviere|setze|drehe"
)
_DE = Claiming(
    naming=NAMINGS["de"],
    verbs=rf"{_DE_SURE}|{_DE_MAYBE}",
    compounds=True,
    sure=(
        rf"\b(?:ich habe?|habe? ich) [^,;:]*?\b(?:{_DE_SURE})\b",
        rf"\b(?:wurden?|worden)\b[^,;:]*?\b(?:{_DE_SURE})\b",
        (
            r"^(?:(?:ok|okay|klar|gut|ja|alles klar|gerne?)\W+)?(?:erledigt|ist erledigt|schon erledigt|wird erledigt|"
            r"schon passiert|gemacht|ist gemacht|habe ich gemacht|fertig)(?:$|,)"
        ),
    ),
    maybe=(
        rf"\b(?:ich habe?|habe? ich) [^,;:]*?\b(?:{_DE_MAYBE})\b",
        rf"\bwurden?\b[^,;:]*?\b(?:{_DE_MAYBE})\b",
        rf"\b(?:ist|sind) (?:jetzt|nun) (?:\w+ )?(?:an|aus|ein|offen|auf|zu|{_DE_SURE}|{_DE_MAYBE})\b",
        rf"\bich (?:{_DE_DO})\b",
    ),
    things=(
        r"licht|lichter|lampen?|leuchten?|tur(?:en)?|schloss|schlosser|tor|tore|garage|fenster|"
        r"rollos?|rollladen|rolladen|"
        r"jalousien?|vorhange?|markise|thermostate?|heizung(?:en)?|heizkorper|temperatur|boiler|"
        r"klimaanlage|ventilator(?:en)?|"
        r"schalter|steckdosen?|fernseher|tv|musik|radio|lautsprecher|lautstarke|lied|playlist|alarm|alarmanlage|sirene|"
        r"staubsauger|saugroboter|maher|spulmaschine|waschmaschine|trockner|ofen|kaffeemaschine|ventil|"
        r"bewasserung|kamera|"
        r"szene|skript|automation|timer|wecker|erinnerung(?:en)?|kalender|termin|einkaufsliste|liste|nachricht|"
        r"benachrichtigung|durchsage|kuche|schlafzimmer|bad|wohnzimmer|flur|buro|gerate?|grad|alles|"
        r"modus|helligkeit|prozent"
    ),
    unless=(
        r"\b(?:nicht|nie|niemals|nichts|kein\w*|ohne|konnte\w*|kann|konnen|soll\w*|wurde ich|wurdest|"
        r"musste\w*|darf|vor \w+ "
        r"(?:minuten?|stunden?|tagen?|wochen?)|fruher|gestern|vorhin|zuletzt|letzte\w*|seit|"
        r"heute (?:morgen|fruh|mittag)|\w*mal|"
        r"zuvor|um \d+|von hand|jemand|wer|unten|oben|gedicht|geschichte|rezept|zusammenfassung|entwurf|"
        r"beispiel|wenn|falls|"
        r"sobald|gefunden|jemande\w+)\b"
    ),
    beginning=r"^(?:wenn|falls|sobald|bevor|nachdem|hast|habe? ich|hat|soll|sollen|mochtest|willst|wurde|stell dir)\b",
    hints=(
        r"^\W*(?:ok|okay|klar|gut|ja|alles|gerne?|erledigt|schon|wird|gemacht|fertig)|"
        r"ich|habe?|wurden?|worden|ist|sind"
    ),
)

_ES_PART = r"encendido|apagado|bloqueado|desbloqueado|armado|desarmado|atenuado|silenciado"
_ES_MAYBE = (
    r"abierto|cerrado|puesto|ajustado|configurado|subido|bajado|iniciado|detenido|parado|pausado|reproducido|activado|"
    r"desactivado|anadido|agregado|eliminado|borrado|quitado|creado|programado|enviado|anunciado|"
    r"cancelado|aumentado|reducido|"
    r"cambiado|movido|ejecutado|pulsado|guardado|apuntado|anotado|actualizado|instalado|reiniciado"
)
_ES = Claiming(
    naming=NAMINGS["es"],
    verbs=rf"{_ES_PART}|{_ES_MAYBE}",
    sure=(
        rf"\bhe (?:\w+mente )?(?:{_ES_PART})\b",
        r"\b(?:encendi|apague|bloquee|desbloquee|desarme)\b",
        rf"\bha(?:n)? sido (?:{_ES_PART})s?\b",
        r"^(?:(?:vale|claro|si|de acuerdo|perfecto)\W+)?(?:listo|hecho|ya esta|ya esta hecho)(?:$|,)",
        r"\bacabo de (?:encender|apagar|bloquear|desbloquear|abrir|cerrar)\b",
    ),
    maybe=(
        rf"\bhe (?:\w+mente )?(?:{_ES_MAYBE})\b",
        rf"\bse ha(?:n)? (?:{_ES_PART}|{_ES_MAYBE})\b",
        r"\b(?:abri|cerre|puse|ajuste|subi|baje|active|desactive|anadi|elimine|borre|cree|envie|cancele)\b",
        r"\bahora (?:esta|estan) (?:encendid|apagad|abiert|cerrad|bloquead|desbloquead|activad|desactivad)\w+",
        r"\b(?:esta|estan) ahora (?:encendid|apagad|abiert|cerrad|bloquead|desbloquead|activad|desactivad)\w+",
        r"\bestoy (?:encendiendo|apagando|abriendo|cerrando|bloqueando|desbloqueando|poniendo|subiendo|bajando)\b",
        r"^(?:(?:vale|claro|si)\W+)?(?:encendiendo|apagando|abriendo|cerrando|bloqueando|desbloqueando)\b",
    ),
    things=(
        r"luz|luces|lamparas?|puertas?|cerraduras?|porton|garaje|ventanas?|persianas?|cortinas?|toldo|termostato|"
        r"calefaccion|radiador(?:es)?|temperatura|caldera|aire|ventilador(?:es)?|interruptor(?:es)?|"
        r"enchufes?|tele|television|"
        r"musica|radio|altavo(?:z|ces)|volumen|cancion|alarma|sirena|aspirador\w*|robot|lavavajillas|"
        r"lavadora|secadora|horno|"
        r"cafetera|valvula|riego|camara|escena|script|automatizacion|temporizador|recordatorio|"
        r"calendario|cita|lista|mensaje|"
        r"notificacion|anuncio|cocina|dormitorio|bano|salon|pasillo|despacho|dispositivos?|grados|todo|modo|brillo"
    ),
    unless=(
        r"\b(?:no|nunca|nada|ningun\w*|sin|podria|puedo|puede|deberia|ayer|antes|hace|ultima|desde|"
        r"esta manana|veces|a las|"
        r"alguien|quien|abajo|arriba|poema|cuento|receta|resumen|ejemplo|si quieres|encontrado)\b"
    ),
    beginning=r"^(?:si (?!\W)|cuando|despues|hasta|quieres|has|ha|debo|imagina)\b(?!,)",
    hints=(
        r"^\W*(?:vale|claro|s[i\u00ed]|de|perfecto|listo|hecho|ya|\w+ndo)|"
        r"he|han?|se|ahora|est[a\u00e1]n?|estoy|acabo|encend[i\u00ed]|apagu[e\u00e9]|(?:des)?bloque[e\u00e9]|"
        r"desarm[e\u00e9]|abr[i\u00ed]|cerr[e\u00e9]|puse|ajust[e\u00e9]|sub[i\u00ed]|baj[e\u00e9]|(?:des)?activ[e\u00e9]|"
        r"a[n\u00f1]ad[i\u00ed]|elimin[e\u00e9]|borr[e\u00e9]|cre[e\u00e9]|envi[e\u00e9]|cancel[e\u00e9]"
    ),
)

_FR_SURE = (
    r"allume|eteint|verrouille|deverrouille|arme|desarme|tamise|eteinte?s?|allumee?s?|verrouillee?s?|deverrouillee?s?"
)
_FR_MAYBE = (
    r"ouverte?s?|fermee?s?|reglee?s?|mise?s?|baissee?s?|montee?s?|augmentee?s?|diminuee?s?|"
    r"reduite?s?|demarree?s?|lancee?s?|"
    r"arretee?s?|activee?s?|desactivee?s?|ajoutee?s?|supprimee?s?|retiree?s?|effacee?s?|creee?s?|"
    r"programmee?s?|planifiee?s?|"
    r"envoyee?s?|annoncee?s?|annulee?s?|changee?s?|modifiee?s?|executee?s?|enregistree?s?|notee?s?|"
    r"installee?s?|redemarree?s?|"
    r"coupee?s?"
)
_FR = Claiming(
    naming=NAMINGS["fr"],
    verbs=rf"{_FR_SURE}|{_FR_MAYBE}",
    sure=(
        rf"\bj'ai (?:bien |aussi |maintenant |deja |tout )*(?:{_FR_SURE})\b",
        rf"\b(?:a|ont) (?:bien )?ete (?:{_FR_SURE})\b",
        r"^(?:(?:d'accord|ok|oui|tres bien|voila|parfait)\W+)?(?:c'est fait|fait|voila|c'est bon)(?:$|,)",
        r"\bje viens (?:de|d')\s?(?:allumer|eteindre|ouvrir|fermer|verrouiller|deverrouiller)\b",
        r"\bj'(?:allume|eteins)\b|\bje (?:verrouille|deverrouille)\b",
    ),
    maybe=(
        rf"\bj'ai (?:bien |aussi |maintenant |deja |tout )*(?:{_FR_MAYBE})\b",
        rf"\b(?:a|ont) (?:bien )?ete (?:{_FR_MAYBE})\b",
        rf"\b(?:est|sont) (?:maintenant|desormais) (?:{_FR_SURE}|{_FR_MAYBE})\b",
        (
            r"\bj'(?:ouvre|arrete|active|ajoute|augmente|envoie)\b|\bje (?:ferme|regle|mets|lance|baisse|"
            r"monte|coupe|desactive)\b"
        ),
    ),
    things=(
        r"lumieres?|lampes?|portes?|serrures?|portail|garage|fenetres?|volets?|stores?|rideaux?|"
        r"thermostat|chauffage|"
        r"radiateurs?|temperature|chaudiere|clim(?:atisation)?|ventilateurs?|interrupteurs?|prises?|tele|"
        r"television|musique|"
        r"radio|enceintes?|volume|chanson|alarme|sirene|aspirateur|robot|lave-vaisselle|lave-linge|"
        r"seche-linge|four|cafetiere|"
        r"vanne|arrosage|camera|scene|script|automatisation|minuteur|rappel|calendrier|agenda|"
        r"rendez-vous|liste|message|"
        r"notification|annonce|cuisine|chambre|salle de bains?|salon|couloir|bureau|appareils?|degres|"
        r"tout|mode|luminosite"
    ),
    unless=(
        r"\b(?:ne|pas|jamais|rien|aucun\w*|sans|peux|pourrais|peut|devrais|dois|hier|avant|il y a|"
        r"derniere?|depuis|ce matin|"
        r"fois|a \d+ ?h\w*|quelqu'un|qui|ci-dessous|ci-dessus|poeme|histoire|recette|resume|exemple|si|trouve)\b|\bn'"
    ),
    beginning=r"^(?:si|quand|lorsque|apres|avant|jusqu|veux|voulez|as|avez|est-ce|dois|imagine)\b",
    hints=(
        r"^\W*(?:ok|oui|tr[e\u00e8]s|voil[a\u00e0]|parfait|d['\u2019]accord|c['\u2019]est|fait)|"
        r"j['\u2019]\w+|je|a|ont|est|sont"
    ),
)

_NL_SURE = (
    r"aangezet|uitgezet|ingeschakeld|uitgeschakeld|aangedaan|uitgedaan|opengedaan|dichtgedaan|"
    r"opengezet|vergrendeld|ontgrendeld|"
    r"op slot gedaan|van het slot gehaald|gedimd|gedempt"
)
_NL_MAYBE = (
    r"geopend|gesloten|ingesteld|gezet|gestart|gestopt|gepauzeerd|hervat|afgespeeld|geactiveerd|"
    r"gedeactiveerd|toegevoegd|"
    r"verwijderd|gewist|gemaakt|aangemaakt|ingepland|gepland|verstuurd|gestuurd|verzonden|omgeroepen|"
    r"geannuleerd|afgezegd|"
    r"verhoogd|verlaagd|aangepast|gewijzigd|veranderd|uitgevoerd|ingedrukt|opgeslagen|genoteerd|"
    r"bijgewerkt|geinstalleerd|"
    r"herstart|gedaan"
)
_NL = Claiming(
    naming=NAMINGS["nl"],
    verbs=rf"{_NL_SURE}|{_NL_MAYBE}",
    compounds=True,
    sure=(
        rf"\b(?:ik heb|heb ik) [^,;:]*?\b(?:{_NL_SURE})\b",
        r"^(?:(?:oke|ok|ja|prima|goed)\W+)?(?:klaar|gedaan|(?:het )?(?:is )?gebeurd|(?:is )?geregeld)(?:$|,)",
        rf"\b(?:is|zijn) zojuist (?:{_NL_SURE})\b",
    ),
    maybe=(
        rf"\b(?:ik heb|heb ik) [^,;:]*?\b(?:{_NL_MAYBE})\b",
        rf"\b(?:is|zijn) nu (?:aan|uit|open|dicht|op slot|{_NL_SURE}|{_NL_MAYBE})\b",
        rf"\b(?:werd|werden|is zojuist|zijn zojuist) (?:{_NL_SURE}|{_NL_MAYBE})\b",
        r"\bik (?:zet|doe|open|sluit|vergrendel|ontgrendel|start|stop|dim|speel|schakel)\b",
    ),
    things=(
        r"licht|lichten|lamp|lampen|deur|deuren|slot|sloten|poort|garage|raam|ramen|rolluik|"
        r"rolluiken|gordijn|gordijnen|"
        r"zonnescherm|thermostaat|verwarming|radiator|temperatuur|ketel|airco|ventilator|schakelaar|"
        r"stopcontact|tv|televisie|"
        r"muziek|radio|speaker|volume|nummer|alarm|sirene|stofzuiger|robot|maaier|vaatwasser|wasmachine|droger|oven|"
        r"koffiezetapparaat|klep|beregening|camera|scene|script|automatisering|timer|wekker|herinnering|"
        r"agenda|kalender|"
        r"afspraak|boodschappenlijst|lijst|bericht|melding|aankondiging|keuken|slaapkamer|badkamer|"
        r"woonkamer|hal|kantoor|"
        r"apparaat|apparaten|graden|alles|modus|helderheid|procent"
    ),
    unless=(
        r"\b(?:niet|nooit|niets|geen|zonder|kon|kan|kunnen|zou|moet|mag|geleden|eerder|gisteren|"
        r"vanochtend|laatst\w*|sinds|keer|"
        r"om \d+|met de hand|iemand|wie|hieronder|hierboven|gedicht|verhaal|recept|samenvatting|"
        r"voorbeeld|als|zodra|gevonden)\b"
    ),
    beginning=r"^(?:als|wanneer|zodra|nadat|voordat|heb je|heb ik|wil je|zal|moet|stel je)\b",
    hints=(r"^\W*(?:ok[e\u00e9]?|ja|prima|goed|klaar|gedaan|het|gebeurd|geregeld)|ik|heb|is|zijn|werd|werden"),
)

CLAIMINGS: Final[Mapping[str, Claiming]] = {"de": _DE, "en": _EN, "es": _ES, "fr": _FR, "nl": _NL}
