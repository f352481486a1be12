/* What the commands about consent and the access log say; a part of texts.h. */
#ifndef WIJZER_TEXTS_CONSENT_H
#define WIJZER_TEXTS_CONSENT_H

/* X(enumerator, Dutch, English) */
#define CONSENT_TEXTS(X)                                                                                     \
    /* what was typed is not right */                                                                        \
    X(SAY_BAD_SHARE,                                                                                         \
      "\"{1}\" zegt niet wie wat mag zien. Zo kan het: levgroep=name,phone of kind:welfare=name,phone",      \
      "\"{1}\" does not say who may see what. Such as: levgroep=name,phone or kind:welfare=name,phone")      \
    X(SAY_UNKNOWN_FIELD, "\"{1}\" is geen soort gegeven. Kies uit: {2}",                                     \
      "\"{1}\" is not a kind of data. Choose from: {2}")                                                     \
    X(SAY_FIND_BY, "zoek op een van deze drie: --name samen met --birth-year, of --phone, of --email",       \
      "look by one of these three: --name together with --birth-year, or --phone, or --email")               \
    X(SAY_ONE_OF_TWO, "{1} en {2} kunnen niet samen", "{1} and {2} do not go together")                      \
    X(SAY_CLIENT_OR_PERIOD,                                                                                  \
      "{1} hoort bij het logboek van de hele regio; laat de inwoner dan weg, of gebruik --client",           \
      "{1} goes with the log of the whole region; leave the client out then, or use --client")               \
    X(SAY_CONSENT_CONFLICT,                                                                                  \
      "De toestemming is intussen veranderd; er is niets gewijzigd. Kijk eerst: wijzer consent show {1}",    \
      "The consent has changed in the meantime; nothing was changed. Look first: wijzer consent show {1}")   \
    X(SAY_PARTY_UNREACHABLE,                                                                                 \
      "{w}Let op:{/} {b}{1}{/} ziet niet: {2}. Mag dat wel? Vraag het de inwoner: wijzer consent show {3}",  \
      "{w}Mind:{/} {b}{1}{/} does not see: {2}. May they after all? Ask the client: wijzer consent show "    \
      "{3}")                                                                                                 \
    X(SAY_ASK_REFERRER, "  {w}Niet met u gedeeld: {1}.{/} Vraag het de verwijzer: wijzer message {2} TEKST", \
      "  {w}Not shared with you: {1}.{/} Ask who referred: wijzer message {2} TEXT")                         \
    X(SAY_ASK_OR_DECLINE,                                                                                    \
      "  {w}Niet met u gedeeld: {1}.{/} Vraag het de verwijzer: wijzer message {2} TEKST. Of weiger: "       \
      "wijzer "                                                                                              \
      "decline {2} consent-missing",                                                                         \
      "  {w}Not shared with you: {1}.{/} Ask who referred: wijzer message {2} TEXT. Or decline: wijzer "     \
      "decline {2} consent-missing")                                                                         \
    /* kinds of data, as a person calls them */                                                              \
    X(DATA_NAME, "naam", "name")                                                                             \
    X(DATA_BIRTH_YEAR, "geboortejaar", "year of birth")                                                      \
    X(DATA_AREA, "postcodegebied", "area")                                                                   \
    X(DATA_PHONE, "telefoonnummer", "phone number")                                                          \
    X(DATA_EMAIL, "e-mailadres", "email address")                                                            \
    X(DATA_LANGUAGE, "taal", "language")                                                                     \
    X(DATA_DOMAINS, "leefgebieden", "life domains")                                                          \
    X(DATA_ICPC, "code van de huisarts", "GP's code")                                                        \
    X(DATA_TEXT, "toelichting", "explanation")                                                               \
    X(DATA_URGENCY, "spoed", "urgency")                                                                      \
    X(DATA_SITUATION, "woon- en leefsituatie", "situation")                                                  \
    X(DATA_NOTES, "verslagen van helpers", "notes of helpers")                                               \
    X(DATA_BSN, "burgerservicenummer", "citizen service number")                                             \
    X(DATA_AND, "{1} en {2}", "{1} and {2}")                                                                 \
    X(DATA_SOON, "met spoed", "soon")                                                                        \
    X(DATA_ROUTINE, "geen spoed", "routine")                                                                 \
    X(DATA_NO_VALUE, "(niet ingevuld, of niet zichtbaar voor u)", "(not filled in, or not visible to you)")  \
    X(DATA_SHOWN, "(te zien)", "(shown)")                                                                    \
    /* kinds of organisations */                                                                             \
    X(KIND_GP, "huisartsenpraktijken", "GP practices")                                                       \
    X(KIND_WELFARE, "welzijnsorganisaties", "welfare organisations")                                         \
    X(KIND_MUNICIPALITY, "gemeenten", "municipalities")                                                      \
    X(KIND_COORDINATION, "ketenregie", "coordination")                                                       \
    X(KIND_PARTNER, "partners", "partners")                                                                  \
    X(KIND_TEAM, "wijkteams", "neighbourhood teams")                                                         \
    X(KIND_ALLIANCE, "samenwerkingen", "alliances")                                                          \
    X(KIND_HEALTH, "zorginstellingen", "health care")                                                        \
    /* what they see */                                                                                      \
    X(SAY_DISCLOSURE, "Dit is precies wat zij zien:", "This is exactly what they will see:")                 \
    X(SAY_BY_CHOICE, "  (eigen keuze van de inwoner)", "  (the client's own choice)")                        \
    X(SAY_BY_STANDARD, "  (de standaard van de regio)", "  (the region's standard)")                         \
    X(SAY_PARTY, "  {b}{1}{/}", "  {b}{1}{/}")                                                               \
    X(SAY_PARTY_NOTHING, "    {w}ziet niets van de inwoner{/}", "    {w}sees nothing of the client{/}")      \
    X(SAY_PARTY_WITHHELD, "    niet te zien: {1}", "    withheld: {1}")                                      \
    X(SAY_PARTY_ALL, "    er wordt niets achtergehouden", "    nothing is withheld")                         \
    X(SAY_CONSENT_HEAD, "{b}Toestemming van inwoner {1}{/}, nr {2} ({3})",                                   \
      "{b}Consent of client {1}{/}, nr {2} ({3})")                                                           \
    X(SAY_CONSENT_GRANT, "  {1}: {2}", "  {1}: {2}")                                                         \
    X(SAY_CONSENT_FIRST, "{1}, alleen bij de eerste stap", "{1}, at the first step only")                    \
    X(SAY_CONSENT_STEP, "{1}, alleen bij stap {2}", "{1}, at step {2} only")                                 \
    X(SAY_CONSENT_NOTHING, "niets", "nothing")                                                               \
    X(SAY_CONSENT_NOBODY, "  Behalve wie verwees ziet niemand iets van de inwoner.",                         \
      "  Nobody but who referred sees anything of the client.")                                              \
    X(SAY_CONSENT_OTHERS, "  Anderen zien niets.", "  Others see nothing.")                                  \
    X(SAY_CONSENT_HISTORY, "  {1}  {2}  {3}{d} door {4}{/}", "  {1}  {2}  {3}{d} by {4}{/}")                 \
    X(SAY_CHANGED, "{g}De toestemming is vastgelegd{/} als nr {1}. Dit geldt meteen.",                       \
      "{g}The consent is recorded{/} as nr {1}. It holds at once.")                                          \
    X(BASIS_STANDARD, "standaard van de regio", "the region's standard")                                     \
    X(BASIS_OWN, "eigen keuze", "own choice")                                                                \
    X(BASIS_CHANGED, "gewijzigd", "changed")                                                                 \
    X(BASIS_WITHDRAWN, "ingetrokken", "withdrawn")                                                           \
    X(BASIS_LAW, "signaal, op grond van de wet", "signal, by law")                                           \
    X(SAY_BY_LAW, "  (een signaal: wat nodig is om te bellen)", "  (a signal: what it takes to call)")       \
    X(BASIS_BEFORE, "van vóór deze regeling", "from before consent was kept")                                \
    /* who is found */                                                                                       \
    X(SAY_NOBODY_FOUND, "Niemand gevonden die u mag zien.", "Nobody found whom you may see.")                \
    X(SAY_FOUND, "{b}{1}{/}  {2}", "{b}{1}{/}  {2}")                                                         \
    X(SAY_FOUND_REFERRAL, "  verwijzing {1} ({2}), {3}", "  referral {1} ({2}), {3}")                        \
    /* the access log, to the client */                                                                      \
    X(LOG_HEAD, "{b}Wie zag of veranderde wat van inwoner {1}{/}",                                           \
      "{b}Who saw or changed what of client {1}{/}")                                                         \
    X(LOG_EMPTY, "Er staat niets in het logboek.", "There is nothing in the log.")                           \
    X(LOG_LINE, "{1}, {2} — {3}", "{1}, {2} — {3}")                                                          \
    X(LOG_WHO, "{1} ({2})", "{1} ({2})")                                                                     \
    X(LOG_SYSTEM, "Wijzer zelf", "Wijzer itself")                                                            \
    X(LOG_SAW, "{1} bekeek uw {2}.", "{1} saw your {2}.")                                                    \
    X(LOG_SAW_ALL, "{1} bekeek al uw gegevens.", "{1} saw all of your data.")                                \
    X(LOG_SAW_LIST, "{1} bekeek uw {2}, in een lijst.", "{1} saw your {2}, in a list.")                      \
    X(LOG_SAW_NOTHING, "{1} bekeek de verwijzing, zonder uw gegevens.",                                      \
      "{1} saw the referral, without your data.")                                                            \
    X(LOG_EXPLAINED, "{1} bekeek waarom uw verwijzing daarheen ging.",                                       \
      "{1} saw why your referral went where it went.")                                                       \
    X(LOG_FEEDBACK, "{1} las de terugkoppeling over u.", "{1} read the feedback about you.")                 \
    X(LOG_GOALS, "{1} bekeek uw doelen.", "{1} looked at your goals.")                                       \
    X(LOG_DUPLICATES, "{1} keek of u misschien twee keer bent verwezen.",                                    \
      "{1} looked whether you were perhaps referred twice.")                                                 \
    X(LOG_SEARCHED, "{1} zocht u op en vond u.", "{1} looked you up and found you.")                         \
    X(LOG_READ_LOG, "{1} bekeek dit overzicht.", "{1} looked at this log.")                                  \
    X(LOG_READ_CONSENT, "{1} bekeek uw toestemming.", "{1} looked at your consent.")                         \
    X(LOG_READ_SHOWN, "{1} bekeek wie wat van u ziet.", "{1} looked at who sees what of you.")               \
    X(LOG_EXPORTED, "{1} maakte een kopie van uw gegevens.", "{1} made a copy of your data.")                \
    X(LOG_REFUSED, "{1} probeerde iets van u te bekijken of te veranderen. Dat is geweigerd.",               \
      "{1} tried to see or change something of yours. It was refused.")                                      \
    X(LOG_SENT, "{1} stuurde uw verwijzing op.", "{1} sent your referral.")                                  \
    X(LOG_MADE, "{1} vroeg een volgende organisatie om u te helpen.",                                        \
      "{1} asked another organisation to help you.")                                                         \
    X(LOG_MOVED, "{1} meldde hoe het gaat: \"{2}\".", "{1} told how it is going: \"{2}\".")                  \
    X(LOG_CONSENT_CHANGED, "{1} legde vast wie wat van u mag zien (nr {2}).",                                \
      "{1} recorded who may see what of you (nr {2}).")                                                      \
    X(LOG_CONSENT_WITHDRAWN, "{1} legde vast dat u toestemming intrekt (nr {2}).",                           \
      "{1} recorded that you withdraw consent (nr {2}).")                                                    \
    X(LOG_OTHER, "{1}: {2}.", "{1}: {2}.")                                                                   \
    X(LOG_GROUND_CONSENT_NR, " Grond: uw toestemming (nr {1}).", " Ground: your consent (nr {1}).")          \
    X(LOG_GROUND_CONSENT, " Grond: uw toestemming.", " Ground: your consent.")                               \
    X(LOG_GROUND_REFERRER, " Grond: deze organisatie verwees u.",                                            \
      " Ground: this organisation referred you.")                                                            \
    X(LOG_GROUND_STEP, " Grond: deze organisatie helpt u.", " Ground: this organisation helps you.")         \
    X(LOG_GROUND_COORDINATION, " Grond: de ketenregie let op uw verwijzing.",                                \
      " Ground: the coordination watches over your referral.")                                               \
    X(LOG_GROUND_RIGHT, " Grond: u vroeg erom.", " Ground: you asked for it.")                               \
    X(LOG_GROUND_EMERGENCY, " {w}De noodknop is gebruikt.{/}", " {w}The emergency button was used.{/}")      \
    /* the access log, to the log manager */                                                                 \
    X(LOG_ROW, "{1}  {2}  {3}  {b}{4}{/}  {5}", "{1}  {2}  {3}  {b}{4}{/}  {5}")                             \
    X(LOG_ROW_REFUSED, "  {w}geweigerd{/}", "  {w}refused{/}")                                               \
    X(LOG_ROW_EMERGENCY, "  {w}NOODKNOP{/}", "  {w}EMERGENCY{/}")                                            \
    X(LOG_ROW_CLIENTS, "  inwoner {1}", "  client {1}")                                                      \
    X(LOG_ROW_MANY, "  {1} inwoners", "  {1} clients")                                                       \
    X(LOG_ROW_FIELDS, "  zag: {1}", "  saw: {1}")                                                            \
    X(LOG_ROW_GROUND, "  grond: {1}", "  ground: {1}")                                                       \
    X(LOG_ROW_FROM, "  vanaf {1}", "  from {1}")                                                             \
    X(LOG_MORE, "Er is meer; vraag het met --limit.", "There is more; ask for it with --limit.")

#endif
