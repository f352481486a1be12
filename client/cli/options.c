#include "options.h"

static const struct flag_kind kinds[FLAG_COUNT] = {
    [FLAG_JSON] = {"--json",
                   {NULL},
                   ONCE,
                   NULL,
                   {"toon de JSON van de dienst, ongewijzigd", "print the service's JSON, unchanged"}},
    [FLAG_PROFILE] = {"--profile",
                      {"MAP", "DIR"},
                      ONCE,
                      NULL,
                      {"map met uw certificaat en instellingen",
                       "directory with your certificate and settings"}},
    [FLAG_LANG] = {"--lang",
                   {"TAAL", "LANG"},
                   ONCE,
                   NULL,
                   {"taal van het scherm: nl of en", "language of the screen: nl or en"}},
    [FLAG_HELP] = {"--help", {NULL}, ONCE, NULL, {"uitleg over de opdracht", "about the command"}},
    [FLAG_DOMAIN] = {"--domain",
                     {"LEEFGEBIED", "DOMAIN"},
                     LISTED,
                     "/domains",
                     {"leefgebied, bijvoorbeeld social-network; mag vaker",
                      "life domain such as social-network; may be repeated"}},
    [FLAG_BIRTH_YEAR] = {"--birth-year",
                         {"JAAR", "YEAR"},
                         ONCE,
                         "/client/birthYear",
                         {"geboortejaar, bijvoorbeeld 1950", "year of birth such as 1950"}},
    [FLAG_AREA] = {"--area",
                   {"GEBIED", "AREA"},
                   ONCE,
                   "/client/area",
                   {"vier cijfers van de postcode, bijvoorbeeld 5751",
                    "four digits of the postcode such as 5751"}},
    [FLAG_NAME] =
        {"--name",
         {"NAAM", "NAME"},
         ONCE,
         "/client/name",
         {"naam van de inwoner, op één regel; bij invite: van het account, met kleine letters, cijfers "
          "en streepjes, zoals anna",
          "name of the client, on one line; of the account with invite, in lower case letters, digits "
          "and dashes, such as anna"}},
    [FLAG_PHONE] = {"--phone",
                    {"NUMMER", "NUMBER"},
                    ONCE,
                    "/client/phone",
                    {"telefoonnummer van de inwoner, met minstens zes cijfers",
                     "phone number of the client, of at least six digits"}},
    [FLAG_EMAIL] = {"--email",
                    {"ADRES", "ADDRESS"},
                    ONCE,
                    "/client/email",
                    {"e-mailadres van de inwoner, zoals an@voorbeeld.nl",
                     "email address of the client such as an@example.org"}},
    [FLAG_LANGUAGE] = {"--language",
                       {"TAAL", "LANGUAGE"},
                       ONCE,
                       "/client/language",
                       {"taal van de inwoner in twee letters (nl)",
                        "language of the client, two letters (nl)"}},
    [FLAG_ICPC] = {"--icpc",
                   {"CODE", "CODE"},
                   LISTED,
                   "/icpc",
                   {"ICPC-code uit hoofdstuk Z, bijvoorbeeld Z04; mag vaker",
                    "ICPC code of chapter Z such as Z04; may be repeated"}},
    [FLAG_URGENCY] = {"--urgency",
                      {"SPOED", "URGENCY"},
                      ONCE,
                      "/urgency",
                      {"routine (gewoon) of soon (spoed)", "routine or soon"}},
    [FLAG_MOBILITY] = {"--mobility",
                       {"MOBILITEIT", "MOBILITY"},
                       ONCE,
                       "/situation/mobility",
                       {"independent (zelfstandig), limited (beperkt) of housebound (komt het huis niet uit)",
                        "independent, limited or housebound"}},
    [FLAG_DIGITAL_SKILL] = {"--digital-skill",
                            {"HOE", "HOW"},
                            ONCE,
                            "/situation/digitalSkill",
                            {"digitaal vaardig: good (goed), some (een beetje) of none (niet)",
                             "digital skill: good, some or none"}},
    [FLAG_LVB] = {"--lvb",
                  {"yes|no", "yes|no"},
                  ONCE,
                  "/situation/mildIntellectualDisability",
                  {"licht verstandelijke beperking: yes (ja) of no (nee)",
                   "mild intellectual disability: yes or no"}},
    [FLAG_OCCUPATION] =
        {"--occupation",
         {"WERK", "OCCUPATION"},
         ONCE,
         "/situation/occupation",
         {"working (werkt), school, unemployed (zonder werk), retired (met pensioen) of unable "
          "(kan niet werken)",
          "working, school, unemployed, retired or unable"}},
    [FLAG_HOUSEHOLD] = {"--household",
                        {"HUISHOUDEN", "HOUSEHOLD"},
                        ONCE,
                        "/situation/household",
                        {"alone (alleen), couple (met partner), family (gezin), single-parent (eenouder) of "
                         "with-others (met anderen)",
                         "alone, couple, family, single-parent or with-others"}},
    [FLAG_WISH] =
        {"--wish",
         {"WENS", "WISH"},
         LISTED,
         "/wishes",
         {"wat de inwoner graag wil: group (groep), one-to-one (alleen), at-home (thuis), nearby "
          "(dichtbij), daytime (overdag), evening (avond), weekend, online, same-gender (zelfde "
          "geslacht) of interpreter (tolk); mag vaker",
          "what the client would like: group, one-to-one, at-home, nearby, daytime, evening, weekend, "
          "online, same-gender or interpreter; may be repeated"}},
    [FLAG_TEXT] = {"--text",
                   {"TEKST", "TEXT"},
                   ONCE,
                   "/text",
                   {"vraag of toelichting; - leest de invoer", "question or note; - reads standard input"}},
    [FLAG_FILE] =
        {"--file",
         {"BESTAND", "FILE"},
         ONCE,
         NULL,
         {"de hele verwijzing als JSON, een klas als CSV, of de regels als CSV of DMN; - leest de invoer",
          "the whole referral as JSON, a class as CSV, or the rules as CSV or DMN; - reads standard input"}},
    [FLAG_DRY_RUN] = {"--dry-run",
                      {NULL},
                      ONCE,
                      NULL,
                      {"alleen kijken waar het heen zou gaan", "only look where it would go"}},
    [FLAG_CLASS] =
        {"--class",
         {"KLAS", "CLASS"},
         ONCE,
         "/class",
         {"naam van de klas of groep waar de inwoner bij hoort, bijvoorbeeld 'Groep 5'; met --file: de hele "
          "klas uit een CSV-bestand; bij accept: het nummer van de klas",
          "name of the class or group that the client belongs to, such as 'Groep 5'; with --file: the whole "
          "class from a CSV file; with accept: the id of the class"}},
    [FLAG_CODE] = {"--code",
                   {"REDEN", "CODE"},
                   ONCE,
                   "/code",
                   {"reden van weigeren, bijvoorbeeld capacity", "why declined, such as capacity"}},
    [FLAG_TO] = {"--to",
                 {"AANBOD|DATUM", "OFFERING|DATE"},
                 LISTED,
                 "/offerings",
                 {"aanbod waar het heen gaat; mag vaker; bij closure, partners, overview, movement en "
                  "savings: tot en met deze dag",
                  "offering that it goes to; may be repeated; up to and including this day with closure, "
                  "partners, overview, movement and savings"}},
    [FLAG_STATE] = {"--state",
                    {"STATUS", "STATE"},
                    ONCE,
                    "/state",
                    {"nieuwe status, bijvoorbeeld first-contact", "new state such as first-contact"}},
    [FLAG_DATE] = {"--date",
                   {"DATUM", "DATE"},
                   ONCE,
                   "/date",
                   {"datum, bijvoorbeeld 2026-12-01", "date such as 2026-12-01"}},
    [FLAG_CHANNEL] = {"--channel",
                      {"WEG", "CHANNEL"},
                      ONCE,
                      "/channel",
                      {"hoe: phone, visit, email, letter, video of sms",
                       "how: phone, visit, email, letter, video or sms"}},
    [FLAG_REASON] =
        {"--reason", {"REDEN", "REASON"}, ONCE, "/reason", {"reden, in een zin", "reason, in a sentence"}},
    [FLAG_OUTCOME] =
        {"--outcome",
         {"AFLOOP", "OUTCOME"},
         ONCE,
         "/outcome",
         {"reached (bereikt; ook zonder afloop), partly (deels) of not-reached (niet); bij savings "
          "assume ook een andere afloop, bijvoorbeeld unreachable",
          "reached (also without an outcome), partly or not-reached; another end such as "
          "unreachable too with savings assume"}},
    [FLAG_THEN] = {"--then",
                   {"AANBOD", "OFFERING"},
                   LISTED,
                   "/branches",
                   {"daarna naar dit aanbod; mag vaker, elk na het vorige",
                    "to this offering after that; may be repeated, each after the one before"}},
    [FLAG_TAKE_OVER] = {"--take-over",
                        {NULL},
                        ONCE,
                        "/takeOver",
                        {"neem over van een collega die er niet is", "take over from an absent colleague"}},
    [FLAG_TO_COORDINATION] =
        {"--to-coordination", {NULL}, ONCE, NULL, {"naar de ketenregie zelf", "to the coordination itself"}},
    [FLAG_RESULT] =
        {"--result",
         {"HOE", "HOW"},
         ONCE,
         "/result",
         {"hoe de poging ging: no-answer (niet opgenomen), voicemail, wrong-number (nummer klopt "
          "niet), message-left (bericht achtergelaten), not-home (niet thuis) of spoke (gesproken)",
          "how the attempt went: no-answer, voicemail, wrong-number, message-left, not-home or "
          "spoke"}},
    [FLAG_ON] = {"--on",
                 {"DATUM", "DATE"},
                 ONCE,
                 "/on",
                 {"de dag die is beloofd, bijvoorbeeld 2026-12-03",
                  "the day that was promised such as 2026-12-03"}},
    [FLAG_AT] = {"--at",
                 {"TIJD", "TIME"},
                 ONCE,
                 "/at",
                 {"het tijdstip, bijvoorbeeld 14:00; zonder: voor 17:00",
                  "the time such as 14:00; without it before 17:00"}},
    [FLAG_INSTEAD] = {"--instead",
                      {NULL},
                      ONCE,
                      "/instead",
                      {"in plaats van wat er al was beloofd", "in the place of what was promised before"}},
    [FLAG_GOAL] = {"--goal",
                   {"TEKST", "TEXT"},
                   REPEATED,
                   NULL,
                   {"doel in de woorden van de inwoner; mag vaker",
                    "goal in the client's words; may be repeated"}},
    [FLAG_SCORE] = {"--score",
                    {"CIJFER", "NUMBER"},
                    ONCE,
                    "/score",
                    {"cijfer van de inwoner, van 1 tot en met 10", "the client's number from 1 to 10"}},
    [FLAG_HOW_ENDED] =
        {"--end",
         {"HOE", "HOW"},
         ONCE,
         "/state",
         {"hoe het doel afliep: reached (bereikt), partly (deels), not-reached (niet) of dropped "
          "(losgelaten)",
          "how the goal ended: reached, partly, not-reached or dropped"}},
    [FLAG_MINE] =
        {"--mine", {NULL}, ONCE, "?picked", {"alleen wat u hebt opgepakt", "only what you have picked up"}},
    [FLAG_OPEN] = {"--open",
                   {NULL},
                   ONCE,
                   "?picked",
                   {"alleen wat nog niemand heeft opgepakt", "only what nobody has picked up"}},
    [FLAG_UNREAD] =
        {"--unread", {NULL}, ONCE, NULL, {"alleen wat nog niet is gelezen", "only what is unread"}},
    [FLAG_OVERDUE] = {"--overdue", {NULL}, ONCE, NULL, {"alleen wat te laat is", "only what is overdue"}},
    [FLAG_ORGANISATION] =
        {"--organisation",
         {"ORGANISATIE", "ORGANISATION"},
         ONCE,
         "?organisation",
         {"alleen van deze organisatie; bij invite: waar de genodigde werkt; bij contract set: wiens "
          "afspraak",
          "only of this organisation; where the invited works with invite; whose contract with "
          "contract set"}},
    [FLAG_ORIGIN] =
        {"--origin",
         {"referrer|self|desk|signal", "referrer|self|desk|signal"},
         ONCE,
         "?origin",
         {"alleen wat zo binnenkwam: door een verwijzer, de inwoner zelf, een loket of een signaal",
          "only what came this way: by a referrer, the client, a desk or a signal"}},
    [FLAG_NO_CAPACITY] = {"--no-capacity",
                          {NULL},
                          ONCE,
                          "?capacity",
                          {"alleen wat wacht terwijl nergens plek is",
                           "only what waits while nobody has room"}},
    [FLAG_INTO] = {"--into",
                   {"VERWIJZING", "REFERRAL"},
                   ONCE,
                   "/into",
                   {"de verwijzing waarin het verdergaat", "the referral in which it goes on"}},
    [FLAG_SELF] = {"--self",
                   {NULL},
                   ONCE,
                   "/origin",
                   {"de inwoner kwam zelf; die hoort terug hoe het afliep",
                    "the client came by themself, and is who hears back"}},
    [FLAG_DESK] = {"--desk",
                   {NULL},
                   ONCE,
                   "/origin",
                   {"een inloop of loket verwijst; de inwoner hoort terug hoe het afliep",
                    "a desk refers who walked in; the client is who hears back"}},
    [FLAG_SIGNAL] =
        {"--signal",
         {"KENMERK", "REFERENCE"},
         ONCE,
         "/signal",
         {"een signaal van een ander systeem, met het kenmerk daar; twee keer hetzelfde is één verwijzing",
          "a signal of another system, by its id there; twice the same is one referral"}},
    [FLAG_STATUS] = {"--status", {"STATUS", "STATUS"}, ONCE, "?status", {"open of closed", "open or closed"}},
    [FLAG_LIMIT] = {"--limit",
                    {"AANTAL", "NUMBER"},
                    ONCE,
                    "?pageSize",
                    {"zoveel regels (gewoonlijk 50; 0: alles)", "this many items (default 50; 0: all)"}},
    [FLAG_AFTER] = {"--after",
                    {"PLAATS", "PLACE"},
                    ONCE,
                    "Last-Event-ID",
                    {"ga verder na deze gebeurtenis (\"id\" van --json); bij pass-on: na deze stap",
                     "go on behind this event (\"id\" of --json); with pass-on: after this step"}},
    [FLAG_DECISION] = {"--decision",
                       {"NAAM", "NAME"},
                       ONCE,
                       NULL,
                       {"welk besluit uit het DMN-bestand", "which decision of the DMN file"}},
    [FLAG_TABLE] = {"--table",
                    {"TABEL", "TABLE"},
                    ONCE,
                    NULL,
                    {"bij welke tabel het hoort, 1 tot en met 7", "which table it is for, 1 to 7"}},
    [FLAG_VERSION] = {"--version",
                      {"NUMMER", "NUMBER"},
                      ONCE,
                      "?version",
                      {"deze versie in plaats van die nu geldt",
                       "this version rather than the one in force"}},
    [FLAG_DRAFT] = {"--draft",
                    {"NUMMER", "NUMBER"},
                    ONCE,
                    NULL,
                    {"het concept (nummer van de versie)", "the draft (number of the version)"}},
    [FLAG_NOTE] = {"--note",
                   {"TEKST", "TEXT"},
                   ONCE,
                   "/note",
                   {"waarom deze wijziging, in een zin; bij call-back: voor uzelf en uw collega's",
                    "why this change, in a sentence; for yourself and colleagues with call-back"}},
    [FLAG_CSV] = {"--csv", {NULL}, ONCE, NULL, {"als CSV, voor Excel (gewoonlijk)", "as CSV (default)"}},
    [FLAG_DMN] = {"--dmn", {NULL}, ONCE, NULL, {"als DMN 1.5", "as DMN 1.5"}},
    [FLAG_OUTPUT] =
        {"--output", {"BESTAND", "FILE"}, ONCE, NULL, {"schrijf naar dit bestand", "write to this file"}},
    [FLAG_FILES] = {"--files",
                    {"MAP", "DIR"},
                    ONCE,
                    NULL,
                    {"zet de bijlagen in deze map", "put the files in this directory"}},
    [FLAG_FORCE] = {"--force",
                    {NULL},
                    ONCE,
                    NULL,
                    {"ook over een bestand dat er al is", "also over a file that is there"}},
    [FLAG_SINCE] = {"--since",
                    {"DATUM", "DATE"},
                    ONCE,
                    "/since",
                    {"vanaf deze dag, bijvoorbeeld 2026-01-01", "from this day on, such as 2026-01-01"}},
    [FLAG_UNTIL] = {"--until",
                    {"DATUM", "DATE"},
                    ONCE,
                    "/until",
                    {"tot en met deze dag", "up to and including this day"}},
    [FLAG_ACKNOWLEDGE] = {"--acknowledge",
                          {"NAAM", "NAME"},
                          LISTED,
                          "/acknowledged",
                          {"aanvaard deze waarschuwing; mag vaker", "accept this warning; may be repeated"}},
    [FLAG_FROM] = {"--from",
                   {"DATUM", "DATE"},
                   ONCE,
                   "/effectiveFrom",
                   {"geldt vanaf deze dag, bijvoorbeeld 2026-12-01; bij closure, partners, overview, "
                    "movement en savings: wat vanaf deze dag binnenkwam",
                    "in force from this day on, such as 2026-12-01; what came from this day on with closure, "
                    "partners, overview, movement and savings"}},
    [FLAG_WHY_NOT] = {"--why-not",
                      {"AANBOD", "OFFERING"},
                      ONCE,
                      "?whyNot",
                      {"waarom het niet dit aanbod werd", "why it was not this offering"}},
    [FLAG_WHAT_IF] = {"--what-if",
                      {"FEIT=WAARDE", "FACT=VALUE"},
                      REPEATED,
                      "?whatIf",
                      {"wat het was geworden met een ander gegeven, bijvoorbeeld age=28; mag vaker",
                       "what it would have been with another fact such as age=28; may be repeated"}},
    [FLAG_SHARE] = {"--share",
                    {"WIE=GEGEVENS", "WHO=DATA"},
                    REPEATED,
                    "/consent/choices",
                    {"wie wat mag zien, bijvoorbeeld levgroep=name,phone of kind:welfare=name,phone; "
                     "levgroep@first=... alleen de eerste stap; mag vaker, en meer ziet niemand",
                     "who may see what, such as levgroep=name,phone or kind:welfare=name,phone; "
                     "levgroep@first=... the first step only; may be repeated, and nobody sees more"}},
    [FLAG_KIND] = {"--kind",
                   {"SOORT", "KIND"},
                   ONCE,
                   "/kind",
                   {"soort organisatie, bijvoorbeeld welfare", "kind of organisation such as welfare"}},
    [FLAG_CLIENT] = {"--client",
                     {"INWONER", "CLIENT"},
                     ONCE,
                     "?client",
                     {"alleen over deze inwoner", "only about this client"}},
    [FLAG_FORMAT] = {"--format",
                     {"VORM", "FORMAT"},
                     ONCE,
                     NULL,
                     {"text (gewoonlijk), csv, fhir of json", "text (default), csv, fhir or json"}},
    [FLAG_VERDICT] = {"--verdict",
                      {"OORDEEL", "VERDICT"},
                      ONCE,
                      "/verdict",
                      {"justified (terecht) of not-justified (niet terecht)", "justified or not-justified"}},
    [FLAG_LIFT] =
        {"--lift", {NULL}, ONCE, "/lift", {"haal de gegevens weer van slot", "unlock the data again"}},
    [FLAG_YES] = {"--yes", {NULL}, ONCE, NULL, {"ja, ik weet het zeker", "yes, I am sure"}},
    [FLAG_LAW] = {"--law",
                  {"WET", "LAW"},
                  ONCE,
                  "/law",
                  {"welke wet, bijvoorbeeld wmo-2015 of wgbo", "which law, such as wmo-2015 or wgbo"}},
    [FLAG_START] = {"--start",
                    {"BEGIN", "START"},
                    ONCE,
                    "/startEvent",
                    {"waar de termijn begint: last-step-ended (laatste stap klaar) of loop-closed "
                     "(gesloten); bij de wet "
                     "access-log: logged",
                     "where the term begins: last-step-ended or loop-closed; of the law access-log: logged"}},
    [FLAG_YEARS] = {"--years",
                    {"JAREN", "YEARS"},
                    ONCE,
                    "/years",
                    {"hoeveel jaar, 1 tot en met 100", "how many years, 1 to 100"}},
    [FLAG_KINDS] = {"--kinds",
                    {"SOORTEN", "KINDS"},
                    LISTED,
                    "/kinds",
                    {"alleen bij deze soorten organisaties, bijvoorbeeld health",
                     "only with these kinds of organisations, such as health"}},
    [FLAG_GROUND] =
        {"--ground", {"GROND", "GROUND"}, ONCE, "/ground", {"de wettelijke grond", "the legal ground"}},
    [FLAG_RECIPIENTS] = {"--recipients",
                         {"SOORTEN", "KINDS"},
                         LISTED,
                         "/recipients",
                         {"soorten organisaties die het mogen zien",
                          "kinds of organisations that may see it"}},
    [FLAG_OFF] = {"--off",
                  {NULL},
                  ONCE,
                  NULL,
                  {"zet het BSN uit: het wordt niet meer aangenomen", "switch the BSN off: it is not taken"}},
    [FLAG_ROTATE] = {"--rotate", {NULL}, ONCE, NULL, {"een sleutel erbij", "one more key"}},
    [FLAG_RETIRE] = {"--retire",
                     {"NUMMER", "NUMBER"},
                     ONCE,
                     "/key",
                     {"het nummer van de sleutel die weg moet", "the number of the key that is to go"}},
    [FLAG_HELPED] =
        {"--helped",
         {"yes|partly|no|not-known", "yes|partly|no|not-known"},
         ONCE,
         "/helped",
         {"of het hielp: yes (ja), partly (deels), no (nee) of not-known (gevraagd, geen antwoord)",
          "whether it helped: yes, partly, no or not-known (asked, no answer)"}},
    [FLAG_STORY] = {"--story",
                    {NULL},
                    ONCE,
                    "/story",
                    {"de tekst is een verhaal voor de verwijzer: wie is er geholpen",
                     "the text is a story for the referrer: who was helped"}},
    [FLAG_DIGEST] = {"--digest",
                     {NULL},
                     ONCE,
                     NULL,
                     {"het laatste dagoverzicht, met per inwoner een tekst voor het dossier",
                      "the last digest, with a text for the record for each client"}},
    [FLAG_PASTE] = {"--paste",
                    {"NUMMER", "ID"},
                    ONCE,
                    NULL,
                    {"alleen de tekst voor het dossier van deze terugkoppeling",
                     "the text for the record of this feedback alone"}},
    [FLAG_FORM] =
        {"--form",
         {"at-once|daily|end-only|standard", "at-once|daily|end-only|standard"},
         ONCE,
         "/form",
         {"at-once (meteen), daily (dagoverzicht), end-only (alleen de afloop) of standard (zoals de "
          "regio het regelt)",
          "at-once, daily (a digest), end-only or standard (as the region's rules say)"}},
    [FLAG_ASKED] = {"--asked",
                    {NULL},
                    ONCE,
                    "?asked",
                    {"alleen waarvan iemand moet zeggen of het nog klopt",
                     "only those of which somebody must say whether they are right"}},
    [FLAG_PLACES] = {"--places",
                     {"AANTAL", "NUMBER"},
                     ONCE,
                     "/places",
                     {"hoeveel plekken er zijn", "how many places there are"}},
    [FLAG_WAIT_DAYS] = {"--wait-days",
                        {"DAGEN", "DAYS"},
                        ONCE,
                        "/waitDays",
                        {"hoe lang wachten ongeveer duurt", "about how long one waits"}},
    [FLAG_AS_OF] = {"--as-of",
                    {"DATUM", "DATE"},
                    ONCE,
                    "/asOf",
                    {"van welke dag de bron is (gewoonlijk vandaag)",
                     "of which day the source is (default: today)"}},
    [FLAG_STARTS] = {"--starts",
                     {"DATUM", "DATE"},
                     ONCE,
                     "/startsOn",
                     {"de eerste dag van de groep", "the first day of the group"}},
    [FLAG_ENDS] = {"--ends",
                   {"DATUM", "DATE"},
                   ONCE,
                   "/endsOn",
                   {"de laatste dag van de groep", "the last day of the group"}},
    [FLAG_ONLINE] = {"--online", {NULL}, ONCE, "/way", {"meedoen gaat online", "one takes part online"}},
    [FLAG_ROLLING] = {"--rolling",
                      {NULL},
                      ONCE,
                      "/rolling",
                      {"instromen kan ook na de eerste dag", "people may join after the first day"}},
    [FLAG_GROUP] = {"--group", {"GROEP", "GROUP"}, ONCE, "/group", {"in welke groep", "in which group"}},
    [FLAG_PERSONS] = {"--persons",
                      {"AANTAL", "NUMBER"},
                      ONCE,
                      "/persons",
                      {"voor hoeveel personen, bijvoorbeeld 2 voor een stel",
                       "for how many persons, such as 2 for a couple"}},
    [FLAG_WAIT] = {"--wait",
                   {NULL},
                   ONCE,
                   "/wait",
                   {"is er geen plek: op de wachtlijst", "where there is no place: stand in line"}},
    [FLAG_MILESTONE] = {"--milestone",
                        {"MOMENT", "MILESTONE"},
                        LISTED,
                        "/milestones",
                        {"accepted (aangenomen), first-contact (eerste contact), started (begonnen), ended "
                         "(klaar) of story (verhaal); mag vaker",
                         "accepted, first-contact, started, ended or story; may be repeated"}},
    [FLAG_BY] = {"--by",
                 {"WAT", "WHAT"},
                 ONCE,
                 "?by",
                 {"region (de hele regio), referrer (per verwijzer), partner (per uitvoerder) of area (per "
                  "postcodegebied); bij movement: domain (per leefgebied) of area",
                  "region (as a whole), referrer, partner or area (by postcode); domain or area with "
                  "movement"}},
    [FLAG_AMOUNT] = {"--amount",
                     {"EUROS", "EUROS"},
                     ONCE,
                     "/amount",
                     {"wat één inwoner per jaar bespaart, in hele euro's van 0 tot en met 1000000",
                      "what one person saves a year, in whole euros from 0 to 1000000"}},
    [FLAG_SOURCE] =
        {"--source",
         {"BRON", "SOURCE"},
         ONCE,
         "/source",
         {"waar het vandaan komt, in een zin van hoogstens 300 tekens; bij places prove: titel of adres, 200",
          "where it comes from, in a sentence of at most 300 characters; with places prove a title or "
          "address, "
          "200"}},
    [FLAG_ABOUT] =
        {"--about",
         {"SOORT", "KIND"},
         LISTED,
         "/kinds",
         {"alleen hiervan: notice (bericht), step (nieuwe stap), feedback (terugkoppeling), question "
          "(vraag), message (bericht over een stap)",
          "of these alone: notice, step, feedback, question, message"}},
    [FLAG_PERSONAL] = {"--personal",
                       {NULL},
                       ONCE,
                       "/personal",
                       {"alleen voor uzelf, ook wat alleen voor u is",
                        "for yourself, also what is for you alone"}},
    [FLAG_DEAD] = {"--dead", {NULL}, ONCE, NULL, {"alleen wat niet lukte", "only what is tried no more"}},
    [FLAG_ALL] = {"--all", {NULL}, ONCE, NULL, {"alles wat niet lukte", "all that is dead"}},
    [FLAG_FACTS] = {"--facts",
                    {"BESTAND", "FILE"},
                    ONCE,
                    NULL,
                    {"de feiten als JSON-object; - leest de invoer",
                     "the facts as a JSON object; - reads standard input"}},
    [FLAG_ROLE] =
        {"--role",
         {"ROL", "ROLE"},
         ONCE,
         "/role",
         {"referrer (verwijzer), worker (uitvoerder), coordinator (ketenregisseur) of steward (beheerder)",
          "referrer, worker, coordinator or steward"}},
    [FLAG_ACCOUNT] = {"--account",
                      {"ACCOUNT", "ACCOUNT"},
                      ONCE,
                      "/account",
                      {"een account als ORGANISATIE/NAAM; bij invite ook het nummer",
                       "an account as ORGANISATION/NAME; with invite its id too"}},
    [FLAG_CA] = {"--ca",
                 {"BESTAND", "FILE"},
                 ONCE,
                 NULL,
                 {"certificaat van de CA (PEM)", "certificate of the CA (PEM)"}},
    [FLAG_PIN] = {"--pin",
                  {"PIN", "PIN"},
                  ONCE,
                  NULL,
                  {"waaraan de dienst te herkennen is; staat bij de uitnodiging",
                   "how the service is known; it stands with the invitation"}},
    [FLAG_SERIAL] = {"--serial",
                     {"SERIENUMMER", "SERIAL"},
                     ONCE,
                     "/serial",
                     {"alleen dit certificaat (hexadecimaal)", "this certificate alone (hexadecimal)"}},
    [FLAG_ISSUER] = {"--issuer",
                     {"VINGERAFDRUK", "FINGERPRINT"},
                     ONCE,
                     "/issuer",
                     {"SHA-256 van het certificaat van de CA (hexadecimaal)",
                      "SHA-256 of the CA's certificate (hexadecimal)"}},
};

/* Where else flags go: to members and parameters of other requests. */
static const struct {
    enum flag flag;
    const char *pointer;
} elsewhere[] = {
    {FLAG_NAME, "/name"},
    {FLAG_BIRTH_YEAR, "/birthYear"},
    {FLAG_AREA, "/area"},
    {FLAG_PHONE, "/phone"},
    {FLAG_EMAIL, "/email"},
    {FLAG_EMAIL, "/noEmail"},
    {FLAG_LANGUAGE, "/language"},
    {FLAG_SHARE, "/choices"},
    {FLAG_ORGANISATION, "/organisation"},
    {FLAG_ACCOUNT, "?account"},
    {FLAG_SINCE, "?since"},
    {FLAG_UNTIL, "?until"},
    {FLAG_FROM, "/validFrom"},
    {FLAG_FROM, "?from"},
    {FLAG_TO, "?to"},
    {FLAG_DOMAIN, "/domain"},
};

const struct flag_kind *flag_kind(enum flag flag)
{
    return &kinds[flag];
}

enum flag flag_find(struct slice name)
{
    if (slice_is(name, "-h"))
        return FLAG_HELP;
    if (slice_is(name, "-o"))
        return FLAG_OUTPUT;
    for (enum flag flag = FLAG_END + 1; flag < FLAG_COUNT; flag++)
        if (slice_is(name, kinds[flag].name))
            return flag;
    return FLAG_END;
}

bool flag_among(const enum flag *flags, enum flag flag)
{
    while (*flags != FLAG_END && *flags != flag)
        flags++;
    return *flags != FLAG_END;
}

/* Whether `pointer` is `whole` or a part of it; `whole` NULL: no. */
static bool is_within(const char *pointer, const char *whole)
{
    size_t n = whole ? strlen(whole) : 0;
    return n && strncmp(pointer, whole, n) == 0 && (pointer[n] == '\0' || pointer[n] == '/');
}

enum flag flag_of_pointer(const enum flag *flags, const char *pointer)
{
    for (const enum flag *flag = flags; *flag != FLAG_END; flag++)
        if (is_within(pointer, kinds[*flag].pointer))
            return *flag;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (flag_among(flags, elsewhere[i].flag) && is_within(pointer, elsewhere[i].pointer))
            return elsewhere[i].flag;
    return FLAG_END;
}

static bool complain(struct complaint *complaint, enum text text, const char *first)
{
    *complaint = (struct complaint){.text = text, .values = {first}};
    return false;
}

static bool add_value(struct option *option, enum flag flag, const char *value, struct complaint *complaint)
{
    if (option->count == OPTION_VALUES)
        return complain(complaint, SAY_FLAG_TOO_OFTEN, kinds[flag].name);
    option->values[option->count++] = value;
    return true;
}

static bool add_pieces(struct option *option, enum flag flag, const char *value, struct arena *arena,
                       struct complaint *complaint)
{
    for (struct slice rest = slice_of(value); rest.ptr;) {
        struct slice piece = slice_trim(slice_cut(&rest, ','));
        if (piece.len && !add_value(option, flag, arena_text(arena, piece), complaint))
            return false;
    }
    return true;
}

/* One known flag; *next is the argument behind it and is moved when it is used. */
static bool take_flag(struct options *out, enum flag flag, struct slice attached, char *const **next,
                      char *const *end, struct arena *arena, struct complaint *complaint)
{
    const struct flag_kind *kind = &kinds[flag];
    struct option *option = &out->flags[flag];
    const char *value = attached.ptr;
    if (!kind->value[DUTCH]) {
        if (value)
            return complain(complaint, SAY_FLAG_NO_VALUE, kind->name);
        option->count = 1;
        return true;
    }
    if (option->count && kind->repeats == ONCE)
        return complain(complaint, SAY_FLAG_TWICE, kind->name);
    if (!value && *next < end)
        value = *(*next)++;
    if (!value)
        return complain(complaint, SAY_FLAG_VALUE, kind->name);
    return kind->repeats == LISTED ? add_pieces(option, flag, value, arena, complaint)
                                   : add_value(option, flag, value, complaint);
}

static bool take_word(struct options *out, const char *word, struct complaint *complaint)
{
    if (out->word_count == OPTION_WORDS) {
        *complaint = (struct complaint){.text = SAY_TOO_MANY_WORDS, .values = {word, out->words[0], "..."}};
        return false;
    }
    out->words[out->word_count++] = word;
    return true;
}

bool options_parse(int argc, char *const *argv, struct arena *arena, struct options *out,
                   const char **unknown, struct complaint *complaint)
{
    char *const *next = argv + 1, *const *end = argv + argc;
    bool flags = true;
    *out = (struct options){0};
    *unknown = NULL;
    if (argc == 2 && strcmp(*next, kinds[FLAG_VERSION].name) == 0) /* alone, as of any program */
        return take_word(out, "version", complaint);
    while (next < end) {
        const char *argument = *next++;
        struct slice rest = slice_of(argument);
        if (flags && strcmp(argument, "--") == 0) {
            flags = false;
        } else if (flags && argument[0] == '-' && argument[1]) {
            struct slice name = slice_cut(&rest, '=');
            enum flag flag = flag_find(name);
            if (flag == FLAG_END)
                *unknown = *unknown ? *unknown : arena_text(arena, name);
            else if (!take_flag(out, flag, rest, &next, end, arena, complaint))
                return false;
        } else if (!take_word(out, argument, complaint)) {
            return false;
        }
    }
    return true;
}

bool option_put(struct options *options, enum flag flag, struct slice value, struct arena *arena,
                struct complaint *complaint)
{
    struct option *option = &options->flags[flag];
    option->count = 0;
    if (kinds[flag].repeats == LISTED)
        return add_pieces(option, flag, arena_text(arena, value), arena, complaint);
    if (kinds[flag].repeats == ONCE)
        return add_value(option, flag, arena_text(arena, value), complaint);
    for (struct slice rest = value; rest.ptr;) {
        struct slice piece = slice_trim(slice_cut(&rest, ' '));
        if (piece.len && !add_value(option, flag, arena_text(arena, piece), complaint))
            return false;
    }
    return true;
}

const char *option_text(const struct options *options, enum flag flag)
{
    return options->flags[flag].count ? options->flags[flag].values[0] : NULL;
}

bool option_given(const struct options *options, enum flag flag)
{
    return options->flags[flag].count > 0;
}
