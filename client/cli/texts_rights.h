/* What the commands about the emergency button, notices, a client's rights and retention say; a part of
 * texts.h. */
#ifndef WIJZER_TEXTS_RIGHTS_H
#define WIJZER_TEXTS_RIGHTS_H

/* X(enumerator, Dutch, English) */
#define RIGHTS_TEXTS(X)                                                                                      \
    /* what was typed is not right */                                                                        \
    X(SAY_ERASE_SURE,                                                                                        \
      "Vergeten kan niet ongedaan worden gemaakt. Weet u het zeker? Zet dan --yes achter de opdracht.",      \
      "Forgetting cannot be undone. Are you sure? Then add --yes to the command.")                           \
    X(SAY_NOTHING_TO_CORRECT,                                                                                \
      "zeg wat er beter moet: --name, --birth-year, --area, --phone, --email of --language",                 \
      "say what is to be corrected: --name, --birth-year, --area, --phone, --email or --language")           \
    X(SAY_BSN_ON_OR_OFF,                                                                                     \
      "zeg wat u voorstelt: het BSN aanzetten met --ground en --recipients samen, of uitzetten met alleen "  \
      "--off",                                                                                               \
      "say what you propose: to take the BSN with --ground and --recipients together, or not to with --off " \
      "alone")                                                                                               \
    X(SAY_KEYS_ONE_OF_TWO,                                                                                   \
      "zeg wat u voorstelt: een sleutel erbij met --rotate, of een sleutel weg met --retire NUMMER",         \
      "say what you propose: one more key with --rotate, or one key less with --retire NUMBER")              \
    /* what stands in the way */                                                                             \
    X(SAY_STILL_OPEN,                                                                                        \
      "Dit kan nog niet: er is nog iemand bezig voor deze inwoner (trek de verwijzing dan eerst in), of "    \
      "naar een gebruik van de noodknop moet een ander nog kijken.",                                         \
      "Not yet: somebody is still at work for this client (then withdraw the referral first), or an "        \
      "emergency waits for its second look.")                                                                \
    X(SAY_ALREADY_ERASED, "Dit kan niet meer: deze inwoner is vergeten.",                                    \
      "Not any more: this client was forgotten.")                                                            \
    X(SAY_ALREADY_REVIEWED, "Een ander heeft dit al bekeken.", "Somebody else has looked at this already.")  \
    X(SAY_ALREADY_APPROVED, "Dit is al goedgekeurd.", "This was approved already.")                          \
    X(SAY_NOT_CORRECTED,                                                                                     \
      "Dit kan niet: deze inwoner is vergeten, of een ander verbeterde op hetzelfde moment naam of "         \
      "geboortejaar. Kijk hoe het nu is, en probeer het nog eens.",                                          \
      "Not possible: this client was forgotten, or somebody else corrected the name or year of birth at "    \
      "the same moment. Look at what it is now, and try again.")                                             \
    X(SAY_FOUR_EYES,                                                                                         \
      "Dit moet iemand anders doen: niet wie het vroeg of deed of over wie het gaat, en ook niet wie door "  \
      "hen is uitgenodigd, een rol of een sleutel kreeg, of dat voor hen deed.",                             \
      "Somebody else must do this: not who asked for it, did it or is in it, nor whom they invited, raised " \
      "to a role or gave a key, nor who did so for them.")                                                   \
    /* the emergency button */                                                                               \
    X(SAY_EMERGENCY_USED, "{w}De noodknop is gebruikt{/} voor verwijzing {b}{1}{/}.",                        \
      "{w}The emergency button was used{/} for referral {b}{1}{/}.")                                         \
    X(SAY_EMERGENCY_UNTIL, "U ziet alles van deze inwoner tot {1}: wijzer show {2}",                         \
      "You see everything about this client until {1}: wijzer show {2}")                                     \
    X(SAY_EMERGENCY_TOLD,                                                                                    \
      "De ketenregie krijgt bericht. Wie de inwoner verwees krijgt de vraag het de inwoner te vertellen; "   \
      "was u dat zelf, dan de ketenregie. Iemand anders kijkt er vóór {1} naar (noodknop {2}).",             \
      "The coordination is told. Who referred the client is asked to tell them; if that was you, the "       \
      "coordination is. Somebody else looks at it before {1} (emergency {2}).")                              \
    X(SAY_EMERGENCIES_HEAD, "{b}Gebruik van de noodknop: {1}{/}", "{b}Uses of the emergency button: {1}{/}") \
    X(SAY_EMERGENCIES_EMPTY, "De noodknop is niet gebruikt.", "The emergency button was not used.")          \
    X(SAY_EMERGENCY_ITEM, "{b}{1}{/}  {2}, verwijzing {3}, {4}", "{b}{1}{/}  {2}, referral {3}, {4}")        \
    X(SAY_EMERGENCY_LATE, "  {w}TE LAAT, niveau {1}{/}", "  {w}OVERDUE, level {1}{/}")                       \
    X(SAY_EMERGENCY_DUE, "bekijken vóór {1}: wijzer emergency review {2} --verdict justified|not-justified", \
      "to be looked at before {1}: wijzer emergency review {2} --verdict justified|not-justified")           \
    X(SAY_REVIEWED,                                                                                          \
      "{g}Vastgelegd:{/} noodknop {1} is {2}. Wie hem gebruikte krijgt bericht; wie de inwoner verwees "     \
      "krijgt de vraag het te vertellen.",                                                                   \
      "{g}Recorded:{/} emergency {1} is {2}. Who used it is told; who referred the client is asked to tell " \
      "them.")                                                                                               \
    X(SAY_REVIEW_BY, "{1}, door {2} op {3}", "{1}, by {2} on {3}")                                           \
    X(VERDICT_JUSTIFIED, "terecht gebruikt", "justified")                                                    \
    X(VERDICT_NOT_JUSTIFIED, "niet terecht gebruikt", "not justified")                                       \
    X(LABEL_REASON, "Reden", "Reason")                                                                       \
    X(LABEL_REVIEW, "Tweede blik", "Second look")                                                            \
    X(LABEL_FINDING, "Toelichting", "Explanation")                                                           \
    X(LABEL_TOLD, "Inwoner", "Client")                                                                       \
    X(SAY_TOLD, "ingelicht door {1} op {2}", "told by {1} on {2}")                                           \
    X(SAY_NOT_TOLD, "nog niet ingelicht; dat doet {1}", "not told yet; {1} does that")                       \
    /* notices */                                                                                            \
    X(SAY_NOTICES_HEAD, "{b}Berichten: {1}{/}", "{b}Notices: {1}{/}")                                        \
    X(SAY_NOTICES_EMPTY, "Er zijn geen berichten.", "There are no notices.")                                 \
    X(SAY_NOTICE_ITEM, "{b}{1}{/}  {2}  {3}, verwijzing {4}", "{b}{1}{/}  {2}  {3}, referral {4}")           \
    X(SAY_NOTICE_PLAIN, "{b}{1}{/}  {2}  {3}", "{b}{1}{/}  {2}  {3}")                                        \
    X(SAY_NOTICE_OFFERING, "{b}{1}{/}  {2}  {3}: {4}", "{b}{1}{/}  {2}  {3}: {4}")                           \
    X(SAY_NOTICE_RIGHTS, "{b}{1}{/}  {2}  {3}: {4} is {5}, door {6}",                                        \
      "{b}{1}{/}  {2}  {3}: {4} is {5}, by {6}")                                                             \
    X(SAY_NOTICE_TELL,                                                                                       \
      "{b}{1}{/}  {2}  Vertel uw inwoner van verwijzing {3}: op {2} keek iemand van {4} met de noodknop in " \
      "de gegevens.",                                                                                        \
      "{b}{1}{/}  {2}  Tell your client of referral {3}: on {2} somebody of {4} looked at their data with "  \
      "the emergency button.")                                                                               \
    X(SAY_NOTICE_TELL_REVIEW,                                                                                \
      "{b}{1}{/}  {2}  Vertel uw inwoner van verwijzing {3}: een ander heeft bekeken of {4} de noodknop "    \
      "terecht gebruikte.",                                                                                  \
      "{b}{1}{/}  {2}  Tell your client of referral {3}: somebody else has looked at whether {4} rightly "   \
      "used the emergency button.")                                                                          \
    X(SAY_NOTICE_NOT_TOLD, "{w}NOG VERTELLEN{/}", "{w}TO BE TOLD{/}")                                        \
    X(SAY_NOTICE_TELL_HOW, "Verteld? Meld het met: wijzer notices read BERICHT",                             \
      "Told? Say so with: wijzer notices read NOTICE")                                                       \
    X(SAY_NOTICE_PERSON, ", ligt bij {1} ({2})", ", with {1} ({2})")                                         \
    X(SAY_NOTICE_NEW, "{w}NIEUW{/}", "{w}NEW{/}")                                                            \
    X(SAY_NOTICE_PERSONAL, "{w}VOOR U{/}", "{w}FOR YOU{/}")                                                  \
    X(SAY_NOTICE_HOW, "Gelezen? Meld het met: wijzer notices read BERICHT",                                  \
      "Read? Say so with: wijzer notices read NOTICE")                                                       \
    /* a copy of everything */                                                                               \
    X(EXPORT_HEAD, "{b}Alles wat Wijzer over u bewaart{/}", "{b}Everything that Wijzer keeps about you{/}")  \
    X(EXPORT_MADE, "Gemaakt op {1}. Inwoner {2}.", "Made on {1}. Client {2}.")                               \
    X(EXPORT_WHO, "{b}1. Wie u bent{/}", "{b}1. Who you are{/}")                                             \
    X(EXPORT_ERASED, "U bent vergeten: uw naam en wat over u is geschreven zijn gewist.",                    \
      "You were forgotten: your name and what was written about you are gone.")                              \
    X(EXPORT_RESTRICTED, "Uw gegevens staan op slot: alleen wie u verwees ziet ze.",                         \
      "Your data are locked: only who referred you sees them.")                                              \
    X(EXPORT_REFERRALS, "{b}2. Waarvoor u hulp vroeg{/}", "{b}2. What you asked help for{/}")                \
    X(EXPORT_REFERRAL, "{b}Verwijzing {1}{/} van {2}, door {3}", "{b}Referral {1}{/} of {2}, by {3}")        \
    X(EXPORT_DECISION, "Stap {1} ging naar {2}. Waarom: {3}", "Step {1} went to {2}. Why: {3}")              \
    X(EXPORT_FACTS, "Hier is naar gekeken: {1}", "This was looked at: {1}")                                  \
    X(EXPORT_HISTORY, "Wat er gebeurde:", "What happened:")                                                  \
    X(EXPORT_EVENT, "{1}  {2} ({3})", "{1}  {2} ({3})")                                                      \
    X(EXPORT_FEEDBACK, "Wat wie u verwees terughoorde:", "What who referred you heard back:")                \
    X(EXPORT_FEEDBACK_LINE, "{1}  {2}", "{1}  {2}")                                                          \
    X(EXPORT_CONSENT, "{b}3. Wie wat van u mag zien{/}", "{b}3. Who may see what of you{/}")                 \
    X(EXPORT_CONSENT_LINE, "Nr {1}, {2}:", "Nr {1}, {2}:")                                                   \
    X(EXPORT_EMERGENCIES, "{b}4. Of de noodknop is gebruikt{/}",                                             \
      "{b}4. Whether the emergency button was used{/}")                                                      \
    X(EXPORT_EMERGENCY, "{1}: {2} zag alles van u, tot {3}.",                                                \
      "{1}: {2} saw everything about you, until {3}.")                                                       \
    X(EXPORT_NOT_REVIEWED, "nog niet bekeken door een ander", "not looked at by somebody else yet")          \
    X(EXPORT_NOTICES, "{b}5. Wat u verteld is over de noodknop{/}",                                          \
      "{b}5. What you were told about the emergency button{/}")                                              \
    X(EXPORT_TOLD, "{1}  {2}. Verteld op {3}, door {4}.", "{1}  {2}. Told on {3}, by {4}.")                  \
    X(EXPORT_NOT_TOLD, "{1}  {2}. Nog niet verteld.", "{1}  {2}. Not told yet.")                             \
    X(EXPORT_ACCESS, "{b}6. Wie keek, en wie veranderde iets{/}",                                            \
      "{b}6. Who looked, and who changed something{/}")                                                      \
    X(EXPORT_NONE, "Niets.", "Nothing.")                                                                     \
    X(LABEL_NAME, "Naam", "Name")                                                                            \
    X(LABEL_BORN, "Geboortejaar", "Born in")                                                                 \
    X(LABEL_AREA, "Postcode", "Postcode")                                                                    \
    X(LABEL_PHONE, "Telefoon", "Phone")                                                                      \
    X(LABEL_EMAIL, "E-mail", "Email")                                                                        \
    X(LABEL_LANGUAGE, "Taal", "Language")                                                                    \
    X(LABEL_BSN, "BSN", "BSN")                                                                               \
    X(LABEL_ICPC, "ICPC-code", "ICPC code")                                                                  \
    /* correction, restriction, being forgotten */                                                           \
    X(SAY_CORRECTED, "{g}Verbeterd:{/} {2} van inwoner {b}{1}{/}. Wie dit mag zien, krijgt bericht.",        \
      "{g}Corrected:{/} {2} of client {b}{1}{/}. Who may see this is told.")                                 \
    X(SAY_RESTRICTED, "De gegevens van inwoner {b}{1}{/} staan op slot: alleen wie verwees ziet ze.",        \
      "The data of client {b}{1}{/} are locked: only who referred sees them.")                               \
    X(SAY_LIFTED, "De gegevens van inwoner {b}{1}{/} zijn weer vrij.",                                       \
      "The data of client {b}{1}{/} are free again.")                                                        \
    X(SAY_ERASED, "{g}Inwoner {1} is vergeten{/}: naam, adres, teksten en sleutel zijn gewist.",             \
      "{g}Client {1} was forgotten{/}: name, address, texts and key are gone.")                              \
    X(SAY_ERASED_BACKUPS, "Ook in back-ups is niets meer te lezen vanaf {1}.",                               \
      "In backups nothing can be read either from {1} on.")                                                  \
    X(SAY_ERASE_PENDING,                                                                                     \
      "{w}Nog niet klaar:{/} de gegevens van inwoner {1} zijn gewist, de sleutel nog niet. Wijzer gaat er "  \
      "zelf mee door; "                                                                                      \
      "kijk straks nog eens met: wijzer client erase {1} --yes",                                             \
      "{w}Not done yet:{/} the data of client {1} are gone, the key is not. Wijzer goes on by itself; look " \
      "again later with: "                                                                                   \
      "wijzer client erase {1} --yes")                                                                       \
    /* retention */                                                                                          \
    X(SAY_RETENTION_ITEM, "{b}{1}{/}  {2}: {3} jaar na {4}, vanaf {5}",                                      \
      "{b}{1}{/}  {2}: {3} years after {4}, from {5}")                                                       \
    X(SAY_RETENTION_KINDS, ", bij {1}", ", with {1}")                                                        \
    X(SAY_RETENTION_IN_FORCE, "  {g}geldt nu{/}", "  {g}in force{/}")                                        \
    X(SAY_RETENTION_PROPOSED, "  {w}voorgesteld door {1}{/}; keur goed met: wijzer retention approve {2}",   \
      "  {w}proposed by {1}{/}; approve with: wijzer retention approve {2}")                                 \
    X(SAY_RETENTION_ASKED,                                                                                   \
      "{g}Voorgesteld{/} als nummer {b}{1}{/}. Iemand anders keurt het goed met: wijzer retention approve "  \
      "{1}",                                                                                                 \
      "{g}Proposed{/} as number {b}{1}{/}. Somebody else approves it with: wijzer retention approve {1}")    \
    X(SAY_RETENTION_APPROVED, "{g}Goedgekeurd:{/} nummer {1}.", "{g}Approved:{/} number {1}.")               \
    X(SAY_PROOF_ITEM, "{1}  {2}: {3} vergeten", "{1}  {2}: {3} forgotten")                                   \
    X(SAY_PROOF_OLDEST, ", het oudste dat blijft is van {1}", ", the oldest that remains is of {1}")         \
    X(SAY_PROOF_EMPTY, "Er is nog geen bewijs: dat komt elke dag.",                                          \
      "There is no proof yet: it comes every day.")                                                          \
    X(START_CLOSED, "het sluiten van de verwijzing", "the closing of the referral")                          \
    X(START_ENDED, "het einde van de laatste stap", "the end of the last step")                              \
    X(START_LOGGED, "de regel in het logboek (wordt bewaard)", "the entry in the log (which is kept)")       \
    /* the citizen service number */                                                                         \
    X(SAY_BSN_OFF, "Het BSN staat {b}uit{/}: het wordt niet aangenomen.",                                    \
      "The BSN is {b}off{/}: it is not taken.")                                                              \
    X(SAY_BSN_ON, "Het BSN staat {b}aan{/}. Grond: {1}. Te zien voor: {2}.",                                 \
      "The BSN is {b}on{/}. Ground: {1}. Shown to: {2}.")                                                    \
    X(SAY_BSN_PROPOSAL, "{b}{1}{/}  {2}{d} door {3}{/}", "{b}{1}{/}  {2}{d} by {3}{/}")                      \
    X(SAY_BSN_PROPOSED, "aan, grond: {1}, voor: {2}", "on, ground: {1}, for: {2}")                           \
    X(SAY_BSN_PROPOSED_OFF, "uit", "off")                                                                    \
    X(SAY_BSN_WAITS, "keur goed met: wijzer bsn approve {1}", "approve with: wijzer bsn approve {1}")        \
    /* keys */                                                                                               \
    X(SAY_KEYS_EMPTY, "Over de sleutels is niets voorgesteld.", "Nothing was proposed about the keys.")      \
    X(SAY_KEYS_ITEM, "{b}{1}{/}  {2}", "{b}{1}{/}  {2}")                                                     \
    X(SAY_KEYS_ROTATE, "een sleutel erbij", "one more key")                                                  \
    X(SAY_KEYS_RETIRE, "sleutel {1} weg", "key {1} goes")                                                    \
    X(SAY_KEYS_PROPOSED, "  {w}voorgesteld door {1}{/}; keur goed met: wijzer keys approve {4}",             \
      "  {w}proposed by {1}{/}; approve with: wijzer keys approve {4}")                                      \
    X(SAY_KEYS_AGREED, "{d}  voorgesteld door {1}, goedgekeurd door {2} op {3}{/}; mag een week lang",       \
      "{d}  proposed by {1}, approved by {2} on {3}{/}; may be done for a week")                             \
    X(SAY_KEYS_DONE, "{d}  voorgesteld door {1}, goedgekeurd door {2}{/}, {g}gedaan op {3}{/}",              \
      "{d}  proposed by {1}, approved by {2}{/}, {g}done on {3}{/}")                                         \
    X(SAY_KEYS_EXPIRED, "{d}  voorgesteld door {1}, goedgekeurd door {2} op {3}{/}; mag niet meer",          \
      "{d}  proposed by {1}, approved by {2} on {3}{/}; may not be done any more")                           \
    X(SAY_KEYS_ASKED,                                                                                        \
      "{g}Voorgesteld{/} als nummer {b}{1}{/}: {2}. Iemand anders keurt het goed met: wijzer keys approve "  \
      "{1}",                                                                                                 \
      "{g}Proposed{/} as number {b}{1}{/}: {2}. Somebody else approves it with: wijzer keys approve {1}")    \
    X(SAY_KEYS_APPROVED,                                                                                     \
      "{g}Goedgekeurd:{/} nummer {1}, {2}. Wie Wijzer beheert kan het een week lang doen, één keer.",        \
      "{g}Approved:{/} number {1}, {2}. Who runs Wijzer can do it for a week, once.")                        \
    /* in the access log */                                                                                  \
    X(LOG_EMERGENCY_ASKED, "{1} drukte op de noodknop.", "{1} pressed the emergency button.")                \
    X(LOG_EMERGENCY_USED, "{1} gebruikte de noodknop en kon daarna een dag lang alles zien.",                \
      "{1} used the emergency button and could see everything for a day.")                                   \
    X(LOG_EMERGENCY_LOOKED, "{1} bekeek waarom de noodknop is gebruikt.",                                    \
      "{1} looked at why the emergency button was used.")                                                    \
    X(LOG_TOLD, "{1} meldde dat u ervan weet dat de noodknop is gebruikt.",                                  \
      "{1} said that you know of the use of the emergency button.")                                          \
    X(LOG_NOTICED, "{1} zag dat er bericht over u was.", "{1} saw that there was a notice about you.")       \
    X(LOG_CORRECTED, "{1} verbeterde uw {2}.", "{1} corrected your {2}.")

#endif
