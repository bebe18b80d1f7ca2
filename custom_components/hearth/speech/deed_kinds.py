"""Tell kinds of deeds apart in every language: to lock is not to unlock, and neither is to switch something on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Deed(StrEnum):
    """What may be done to a thing, as far as one can be told from another."""

    ON = "on"
    OFF = "off"
    OPEN = "open"
    CLOSE = "close"
    LOCK = "lock"
    UNLOCK = "unlock"
    ARM = "arm"
    DISARM = "disarm"
    START = "start"
    STOP = "stop"
    ADD = "add"
    REMOVE = "remove"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Naming:
    """How a language names deeds: patterns in small letters without accents.

    `deeds` are the words for each kind; a word may stand for several, and what stands for none may be any deed. `ands`
    are the words between two deeds; `before` are those that a further one may begin with, and with `verb_last` a
    further one ends in its verb. `finite` marks words with a subject of their own, and `aside` begins words that are
    about something else.
    """

    deeds: Mapping[Deed, str]
    ands: str
    before: str
    finite: str
    aside: str
    verb_last: bool = False


_EN: Final = Naming(
    deeds={
        Deed.ON: (
            r"\b(?:turn|switch)(?:ed|ing) (?:(?!off\b|on\b)\S+ ){0,8}?on\b|\bnow (?:being )?on\b|"
            r"\bactivat(?:ed|ing)\b|\benabled\b"
        ),
        Deed.OFF: (
            r"\b(?:turn|switch)(?:ed|ing) (?:(?!off\b)\S+ ){0,8}?off\b|\bnow (?:being )?off\b|"
            r"\bdeactivated\b|\bdisabled\b"
        ),
        Deed.OPEN: r"\bopen(?:ed|ing)\b|\bnow open\b",
        Deed.CLOSE: r"\bclos(?:ed|ing)\b|\bshut\b",
        Deed.LOCK: r"\block(?:ed|ing)\b",
        Deed.UNLOCK: r"\bunlock(?:ed|ing)\b",
        Deed.ARM: r"\barm(?:ed|ing)\b",
        Deed.DISARM: r"\bdisarm(?:ed|ing)\b",
        Deed.START: (
            r"\b(?:re)?start(?:ed|ing)\b|\bresumed\b|\bplay(?:ed|ing)\b|\bactivat(?:ed|ing)\b|\btriggered\b|"
            r"\bnow running\b"
        ),
        Deed.STOP: r"\bstopp(?:ed|ing)\b|\bpaus(?:ed|ing)\b|\bcancell?ed\b|\bdeactivated\b",
        Deed.ADD: (
            r"\badd(?:ed|ing)\b|\bcreated\b|\bscheduled\b|\bbooked\b|\bput\b.*\blist\b|"
            r"\bset\b.*\b(?:timer|reminder)\b"
        ),
        Deed.REMOVE: r"\bremoved\b|\bdeleted\b|\bcancell?ed\b",
        Deed.SEND: r"\bsen(?:t|ding)\b|\bannounced\b|\bmade\b.*\bannouncement\b",
    },
    ands=r"and|then",
    before=r"also|then|just|now|have|has|been|successfully",
    finite=(
        r"\b(?:is|are|was|were|has|have|had|will|can|do|does|should|stays?|remains?|you|it|they|let|feel|enjoy)\b|"
        r"'(?:s|re|ll)\b"
    ),
    aside=r"\b(?:because|since|so|while|as|except|but|instead|from|like|until|than|due)\b",
)

_DE_NOW: Final = r"\b(?:ist|sind) (?:jetzt|nun) (?:\w+ )?"
_DE: Final = Naming(
    deeds={
        Deed.ON: (
            r"\b(?:ein|an)geschaltet\b|\bangemacht\b|\bangestellt\b|\baktivier(?:t|e)\b|"
            rf"{_DE_NOW}(?:an|ein)\b|\b(?:schalte|mache?)\b.*\b(?:ein|an)$"
        ),
        Deed.OFF: (
            r"\b(?:aus|ab)geschaltet\b|\bausgemacht\b|\b(?:aus|ab)gestellt\b|\bdeaktivier(?:t|e)\b|"
            rf"{_DE_NOW}aus\b|\b(?:schalte|mache?|stelle)\b.*\b(?:aus|ab)$"
        ),
        Deed.OPEN: rf"\bgeoffnet\b|\baufgemacht\b|{_DE_NOW}(?:offen|auf)\b|\boffne\b|\bmache?\b.*\bauf$",
        Deed.CLOSE: (
            rf"\bgeschlossen\b|\bzugemacht\b|{_DE_NOW}zu\b|\bschliesse\b(?!.*\b(?:auf|ab)$)|\bmache?\b.*\bzu$"
        ),
        Deed.LOCK: (
            r"\bverriegelt\b|\b(?:ab|zu)gesperrt\b|\babgeschlossen\b|\bverrieg(?:le|ele)\b|"
            r"\bschliesse\b.*\bab$|\bsperre\b.*\b(?:ab|zu)$"
        ),
        Deed.UNLOCK: (
            r"\bentriegelt\b|\baufgesperrt\b|\baufgeschlossen\b|\bentsperrt\b|\bentrieg(?:le|ele)\b|"
            r"\b(?:schliesse|sperre)\b.*\bauf$"
        ),
        Deed.ARM: r"\bscharf ?(?:gestellt|geschaltet)\b",
        Deed.DISARM: r"\bunscharf ?(?:gestellt|geschaltet)\b|\bentscharft\b",
        Deed.START: r"\b(?:gestartet|fortgesetzt|abgespielt|ausgelost|starte|spiele)\b|\baktivier(?:t|e)\b",
        Deed.STOP: r"\bgestoppt\b|\bangehalten\b|\bpausiert\b|\bdeaktivier(?:t|e)\b|\babgesagt\b|\bstoppe\b",
        Deed.ADD: (
            r"\b(?:hinzugefugt|erstellt|angelegt|eingetragen|geplant)\b|\w*liste\b.*\b(?:gesetzt|geschrieben)\b|"
            r"\b(?:timer|erinnerung)\b.*\bgestellt\b"
        ),
        Deed.REMOVE: r"\bentfernt\b|\bgeloscht\b|\babgesagt\b",
        Deed.SEND: r"\b(?:ge|ver)(?:sendet|schickt)\b|\bdurchgesagt\b|\bangekundigt\b|\bdurchsage\b.*\bgemacht\b",
    },
    ands=r"und|sowie|dann|auch",
    before=r"",
    finite=(
        r"\b(?:ist|sind|war|waren|wird|werden|hat|haben|habe|kann|bleibt|bleiben|steht|stehen|lauft|laufen|es|du|sie|"
        r"er|wir)\b"
    ),
    aside=r"\b(?:weil|da|damit|wahrend|ausser|bis|statt|anstatt|wie|denn|aber)\b",
    verb_last=True,
)

_ES: Final = Naming(
    deeds={
        Deed.ON: r"\bencend(?:id[oa]s?|i|er|iendo)\b|\bactiv(?:ad[oa]s?|e)\b",
        Deed.OFF: r"\bapag(?:ad[oa]s?|ue|ar|ando)\b|\bdesactiv(?:ad[oa]s?|e)\b",
        Deed.OPEN: r"\babiert[oa]s?\b|\babri(?:r|endo)?\b",
        Deed.CLOSE: r"\bcerr(?:ad[oa]s?|e|ar|ando)\b",
        Deed.LOCK: r"\bbloque(?:ad[oa]s?|e|ar|ando)\b",
        Deed.UNLOCK: r"\bdesbloque(?:ad[oa]s?|e|ar|ando)\b",
        Deed.ARM: r"\barmad[oa]s?\b",
        Deed.DISARM: r"\bdesarm(?:ad[oa]s?|e)\b",
        Deed.START: r"\b(?:re)?iniciad[oa]s?\b|\breproducid[oa]s?\b|\bactiv(?:ad[oa]s?|e)\b",
        Deed.STOP: r"\b(?:detenid|parad|pausad)[oa]s?\b|\b(?:cancel|desactiv)(?:ad[oa]s?|e)\b",
        Deed.ADD: (
            r"\banadi(?:d[oa]s?)?\b|\bagregad[oa]s?\b|\bcre(?:ad[oa]s?|e)\b|\b(?:puesto|apuntado)\b.*\blista\b|"
            r"\bpuesto\b.*\b(?:temporizador|recordatorio)\b"
        ),
        Deed.REMOVE: r"\belimin(?:ad[oa]s?|e)\b|\bborr(?:ad[oa]s?|e)\b|\bquitad[oa]s?\b|\bcancel(?:ad[oa]s?|e)\b",
        Deed.SEND: r"\benvi(?:ad[oa]s?|e)\b|\banunciad[oa]s?\b",
    },
    ands=r"y|e|luego|ademas|tambien",
    before=r"tambien|luego|ademas|ya",
    finite=(r"\b(?:esta|estan|es|son|ha|han|hay|queda|quedan|sigue|siguen|puedes|era|fue|se)\b"),
    aside=r"\b(?:porque|para que|mientras|como|excepto|salvo|menos|desde|hasta|ya que|pero)\b",
)

_FR: Final = Naming(
    deeds={
        Deed.ON: r"\ballum(?:ee?s?|er)\b|\bactivee?s?\b",
        Deed.OFF: r"\beteint(?:es?|s)?\b|\beteins\b|\beteindre\b|\bdesactivee?s?\b",
        Deed.OPEN: r"\bouvertes?\b|\bouverts?\b|\bouvr(?:e|ir)\b",
        Deed.CLOSE: r"\bferm(?:ee?s?|er)\b",
        Deed.LOCK: r"\bverrouill(?:ee?s?|er)\b",
        Deed.UNLOCK: r"\bdeverrouill(?:ee?s?|er)\b",
        Deed.ARM: r"\barmee?s?\b",
        Deed.DISARM: r"\bdesarmee?s?\b",
        Deed.START: r"\b(?:re)?demarree?s?\b|\blancee?s?\b|\bactivee?s?\b",
        Deed.STOP: r"\barretee?s?\b|\bannulee?s?\b|\bdesactivee?s?\b",
        Deed.ADD: r"\bajoutee?s?\b|\bcreee?s?\b|\bplanifiee?s?\b|\bmise?s?\b.*\b(?:liste|minuteur|rappel)\b",
        Deed.REMOVE: r"\bsupprimee?s?\b|\bretiree?s?\b|\beffacee?s?\b|\bannulee?s?\b",
        Deed.SEND: r"\benvo(?:yee?s?|ie)\b|\bannoncee?s?\b",
    },
    ands=r"et|puis|ensuite|aussi",
    before=r"aussi|ensuite|puis|bien",
    finite=(r"\b(?:est|sont|etait|a|ont|il|elle|elles|ils|vous|tu|reste|restent|peut|peuvent|sera|seront)\b"),
    aside=r"\b(?:parce|car|pour que|pendant|comme|sauf|excepte|depuis|jusqu\S*|mais|afin)\b",
)

_NL_NOW: Final = r"\b(?:is|zijn) nu (?:\w+ )?"
_NL: Final = Naming(
    deeds={
        Deed.ON: (
            r"\b(?:aangezet|ingeschakeld|aangedaan|geactiveerd)\b|"
            rf"{_NL_NOW}aan\b|\b(?:zet|doe|schakel)\b.*\b(?:aan|in)$"
        ),
        Deed.OFF: (
            r"\b(?:uitgezet|uitgeschakeld|uitgedaan|gedeactiveerd)\b|"
            rf"{_NL_NOW}uit\b|\b(?:zet|doe|schakel)\b.*\buit$"
        ),
        Deed.OPEN: rf"\b(?:geopend|opengedaan|opengezet)\b|{_NL_NOW}open\b|\bik open\b|\b(?:zet|doe)\b.*\bopen$",
        Deed.CLOSE: rf"\b(?:gesloten|dichtgedaan)\b|{_NL_NOW}dicht\b|\bsluit\b|\bdoe\b.*\bdicht$",
        Deed.LOCK: r"\bvergrendeld?\b|\bop slot\b",
        Deed.UNLOCK: r"\bontgrendeld?\b|\bvan het slot\b",
        Deed.START: r"\b(?:her|ge)?start\b|\bhervat\b|\bafgespeeld\b|\bgeactiveerd\b|\bspeel\b",
        Deed.STOP: r"\b(?:gestopt|gepauzeerd|geannuleerd|afgezegd|gedeactiveerd)\b|\bstop\b",
        Deed.ADD: (
            r"\b(?:toegevoegd|aangemaakt|ingepland|gepland)\b|\w*lijst\b.*\bgezet\b|"
            r"\b(?:timer|herinnering)\b.*\b(?:gezet|ingesteld)\b"
        ),
        Deed.REMOVE: r"\b(?:verwijderd|gewist|geannuleerd|afgezegd)\b",
        Deed.SEND: r"\b(?:verstuurd|gestuurd|verzonden|omgeroepen)\b",
    },
    ands=r"en|dan|daarna|ook",
    before=r"",
    finite=(r"\b(?:is|zijn|was|waren|heeft|hebben|heb|kan|kunnen|blijft|blijven|staat|staan|je|ze|hij|het is)\b"),
    aside=r"\b(?:omdat|zodat|terwijl|behalve|want|maar|tot|zoals)\b",
    verb_last=True,
)

NAMINGS: Final[Mapping[str, Naming]] = {"de": _DE, "en": _EN, "es": _ES, "fr": _FR, "nl": _NL}
