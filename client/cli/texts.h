/*
 * Everything the client says, in Dutch (B1) and in English. A text is a template: {1}..{9} are values, which
 * are made harmless when they are put in (screen.h); {b} bold, {w} warning, {g} good, {d} dim and {/} plain
 * are styles, shown on a colour terminal only. One line each, without the newline.
 */
#ifndef WIJZER_TEXTS_H
#define WIJZER_TEXTS_H

#include "arena.h"
#include "texts_access.h"
#include "texts_consent.h"
#include "texts_calendar.h"
#include "texts_contract.h"
#include "texts_places.h"
#include "texts_figures.h"
#include "texts_outbound.h"
#include "texts_rights.h"
#include "texts_rules.h"
#include "texts_messages.h"
#include "texts_offer.h"
#include "texts_origin.h"
#include "texts_tasks.h"
#include "texts_class.h"
#include "texts_team.h"

enum language { DUTCH, ENGLISH, LANGUAGES };

/* X(enumerator, Dutch, English) */
#define TEXTS(X)                                                                                             \
    ACCESS_TEXTS(X)                                                                                          \
    RULE_TEXTS(X)                                                                                            \
    PLACES_TEXTS(X)                                                                                          \
    CALENDAR_TEXTS(X)                                                                                        \
    CONTRACT_TEXTS(X)                                                                                        \
    FIGURES_TEXTS(X)                                                                                         \
    RIGHTS_TEXTS(X)                                                                                          \
    OFFER_TEXTS(X)                                                                                           \
    ORIGIN_TEXTS(X)                                                                                          \
    OUTBOUND_TEXTS(X)                                                                                        \
    CLASS_TEXTS(X)                                                                                           \
    TEAM_TEXTS(X)                                                                                            \
    MESSAGE_TEXTS(X)                                                                                         \
    TASK_TEXTS(X)                                                                                            \
    CONSENT_TEXTS(X)                                                                                         \
    /* what was typed is not right */                                                                        \
    X(SAY_UNKNOWN_COMMAND, "\"{1}\" is geen opdracht. Alle opdrachten: wijzer help",                         \
      "\"{1}\" is not a command. All commands: wijzer help")                                                 \
    X(SAY_UNKNOWN_FLAG, "{1} bestaat niet. Wat wel kan: wijzer {2} --help",                                  \
      "{1} does not exist. What does: wijzer {2} --help")                                                    \
    X(SAY_FLAG_ELSEWHERE, "{1} hoort niet bij \"wijzer {2}\". Wat wel kan: wijzer {2} --help",               \
      "{1} does not go with \"wijzer {2}\". What does: wijzer {2} --help")                                   \
    X(SAY_FLAG_TWICE, "{1} staat er twee keer", "{1} is given twice")                                        \
    X(SAY_FLAG_TOO_OFTEN, "{1} staat er te vaak", "{1} is given too often")                                  \
    X(SAY_FLAG_VALUE, "achter {1} ontbreekt de waarde", "the value is missing after {1}")                    \
    X(SAY_FLAG_NO_VALUE, "{1} heeft geen waarde nodig", "{1} takes no value")                                \
    X(SAY_MISSING, "er ontbreekt iets. Zo hoort het: wijzer {1} {2}",                                        \
      "something is missing. Usage: wijzer {1} {2}")                                                         \
    X(SAY_TOO_MANY_WORDS,                                                                                    \
      "\"{1}\" is te veel (zet tekst van meer woorden tussen aanhalingstekens). "                            \
      "Zo hoort het: wijzer {2} {3}",                                                                        \
      "\"{1}\" is too much (put text of several words in quotes). Usage: wijzer {2} {3}")                    \
    X(SAY_DID_YOU_MEAN, "Bedoelde u \"{1}\"?", "Did you mean \"{1}\"?")                                      \
    X(SAY_NOT_A_CODE, "\"{1}\" is geen nummer van Wijzer; zo'n nummer ziet eruit als 7KX3-9MTF",             \
      "\"{1}\" is not a number of Wijzer; such a number looks like 7KX3-9MTF")                               \
    X(SAY_MISTYPED, "{1} is verkeerd overgenomen: het laatste teken past niet bij de rest",                  \
      "{1} is mistyped: the last character does not fit the others")                                         \
    X(SAY_UNKNOWN_DOMAIN, "\"{1}\" is geen leefgebied. Alle leefgebieden: wijzer vocabulary domains",        \
      "\"{1}\" is not a life domain. All domains: wijzer vocabulary domains")                                \
    X(SAY_UNKNOWN_STATE, "\"{1}\" is geen status. Alle statussen: wijzer vocabulary states",                 \
      "\"{1}\" is not a state. All states: wijzer vocabulary states")                                        \
    X(SAY_UNKNOWN_DECLINE,                                                                                   \
      "\"{1}\" is geen reden om te weigeren. Alle redenen: "                                                 \
      "wijzer vocabulary decline-codes",                                                                     \
      "\"{1}\" is not a decline code. All codes: wijzer vocabulary decline-codes")                           \
    X(SAY_UNKNOWN_OFFERING, "\"{1}\" is geen aanbod. Al het aanbod: wijzer vocabulary offerings",            \
      "\"{1}\" is not an offering. All offerings: wijzer vocabulary offerings")                              \
    X(SAY_UNKNOWN_ORGANISATION,                                                                              \
      "\"{1}\" is geen organisatie. Alle organisaties: "                                                     \
      "wijzer vocabulary organisations",                                                                     \
      "\"{1}\" is not an organisation. All organisations: wijzer vocabulary organisations")                  \
    X(SAY_UNKNOWN_CHOICE, "bij {1} kan niet \"{2}\" staan. Wel: {3}",                                        \
      "{1} cannot be \"{2}\". Possible: {3}")                                                                \
    X(SAY_NOT_A_NUMBER, "bij {1} hoort een getal van {2} tot en met {3}",                                    \
      "{1} needs a number from {2} to {3}")                                                                  \
    X(SAY_FILE_ALONE, "bij --file kan {1} niet: de hele verwijzing staat al in het bestand",                 \
      "{1} does not go with --file: the file holds the whole referral")                                      \
    X(SAY_CANNOT_READ, "kan niet lezen: {1}", "cannot read: {1}")                                            \
    X(SAY_NOT_JSON, "{1} is geen goede JSON: {2}", "{1} is not valid JSON: {2}")                             \
    X(SAY_NOT_UTF8, "de tekst bij {1} is geen UTF-8", "the text of {1} is not UTF-8")                        \
    X(SAY_CHECK_INPUT, "Er klopt iets niet. Er is niets verstuurd.",                                         \
      "Something is wrong. Nothing was sent.")                                                               \
    X(SAY_NEEDS_FACTS, "er ontbreken feiten: zet --facts BESTAND.json erbij (- leest de invoer)",            \
      "facts are missing: add --facts FILE.json (- reads standard input)")                                   \
    X(SAY_NOT_AN_OBJECT, "{1} moet een JSON-object zijn, zoals {2}",                                         \
      "{1} must be a JSON object such as {2}")                                                               \
    X(SAY_BAD_FACT, "{1}: \"{2}\" klopt niet: {3}", "{1}: \"{2}\" is not right: {3}")                        \
    X(SAY_UNKNOWN_FACT, "{w}Let op:{/} geen kolom of invoer heet \"{1}\"",                                   \
      "{w}Warning:{/} no column or input is called \"{1}\"")                                                 \
    X(SAY_BAD_TABLE, "Er klopt iets niet in {1}; er is niets uitgerekend.",                                  \
      "Something is not right in {1}; nothing was evaluated.")                                               \
    X(SAY_FAULT, "{1}: {2}", "{1}: {2}")                                                                     \
    X(SAY_DECISION_IN_CSV, "{1} is een CSV-bestand: daar staat één tabel in, zonder --decision",             \
      "{1} is a CSV file: it holds one table, without --decision")                                           \
    X(SAY_MORE_FAULTS, "en nog {1}", "and {1} more")                                                         \
    X(SAY_CANNOT_DECIDE, "{1}: dit kan niet worden uitgerekend: {2}", "{1}: cannot be evaluated: {2}")       \
    X(SAY_BAD_LANG, "--lang kan nl of en zijn", "--lang can be nl or en")                                    \
    /* profile */                                                                                            \
    X(SAY_NO_PROFILE, "Wijzer weet nog niet wie u bent: er is geen profiel in {1}.",                         \
      "Wijzer does not know who you are: there is no profile in {1}.")                                       \
    X(SAY_MAKE_PROFILE,                                                                                      \
      "Vraag de beheerder van uw regio om een uitnodiging: wijzer enroll ADRES CODE maakt dan het profiel. " \
      "Hebt u al een certificaat? Zet in die map cert.pem, key.pem (alleen voor uzelf leesbaar) en een "     \
      "bestand \"profile\" met de regels \"api = https://server:8443\" en \"ca = ca.pem\". Een andere map "  \
      "kiest u met --profile MAP.",                                                                          \
      "Ask your region's steward for an invitation: wijzer enroll ADDRESS CODE then makes the profile. If "  \
      "you have a certificate already, put cert.pem, key.pem (readable by you alone) and a file "            \
      "\"profile\" with the lines \"api = https://server:8443\" and \"ca = ca.pem\" into that directory. "   \
      "Choose another directory with --profile DIR.")                                                        \
    X(SAY_BAD_PROFILE, "Het profiel klopt niet: {1}", "The profile is not right: {1}")                       \
    X(SAY_KEY_EXPOSED, "{w}Let op:{/} anderen kunnen uw sleutel lezen. Herstel dat: chmod 600 {1}",          \
      "{w}Warning:{/} others can read your key. Repair it: chmod 600 {1}")                                   \
    /* the service cannot be reached */                                                                      \
    X(SAY_UNREACHABLE, "Wijzer is niet bereikbaar op {1} ({2}). Er is niets verstuurd.",                     \
      "Wijzer cannot be reached at {1} ({2}). Nothing was sent.")                                            \
    X(SAY_UNREAD, "Wijzer is niet bereikbaar op {1} ({2}).", "Wijzer cannot be reached at {1} ({2}).")       \
    X(SAY_UNCERTAIN,                                                                                         \
      "Wijzer gaf geen antwoord ({1}). Het is niet bekend of dit is verwerkt; kijk met: "                    \
      "wijzer {2}",                                                                                          \
      "Wijzer gave no answer ({1}). It is not known whether this was done; look with: wijzer {2}")           \
    X(SAY_BUSY, "Wijzer kan dit nu niet doen ({1}). Probeer het zo nog eens.",                               \
      "Wijzer cannot do this now ({1}). Try again in a moment.")                                             \
    X(SAY_FOREIGN, "Op {1} antwoordt iets dat niet Wijzer is ({2}).",                                        \
      "What answers at {1} is not Wijzer ({2}).")                                                            \
    X(SAY_NO_ENTRY, "Uw certificaat wordt niet aangenomen ({1}). Vraag de beheerder van uw regio om hulp.",  \
      "Your certificate is not accepted ({1}). Ask your region's steward for help.")                         \
    X(SAY_INTERRUPTED, "Onderbroken.", "Interrupted.")                                                       \
    /* spool */                                                                                              \
    X(SAY_SPOOLED,                                                                                           \
      "{b}Nog niet verstuurd, wel bewaard.{/} Wijzer is nu niet bereikbaar ({1}). De "                       \
      "verwijzing gaat mee met uw volgende opdracht, of nu met: wijzer sync",                                \
      "{b}Not sent yet, but kept.{/} Wijzer cannot be reached now ({1}). The referral goes with your next "  \
      "command, or now with: wijzer sync")                                                                   \
    X(SAY_SPOOLED_NO_ENTRY,                                                                                  \
      "Bewaard, maar niet verstuurd: uw certificaat wordt niet aangenomen ({1}). Vraag de beheerder van uw " \
      "regio om hulp; met een goed certificaat gaat de verwijzing mee met uw volgende opdracht.",            \
      "Kept, but not sent: your certificate is not accepted ({1}). Ask the steward of your region; with a "  \
      "good certificate the referral goes along with your next command.")                                    \
    X(SAY_SPOOLED_INTERRUPTED,                                                                               \
      "Onderbroken. De verwijzing is misschien al verstuurd. Ze is bewaard en "                              \
      "gaat (één keer) mee met uw volgende opdracht. Wilt u dat niet? Wis dan {1}",                          \
      "Interrupted. The referral may have been sent already. It is kept and goes (once) with your next "     \
      "command. If you do not want that, remove {1}")                                                        \
    X(SAY_SPOOL_FAILED, "{w}Let op:{/} de verwijzing kan niet op schijf worden bewaard ({1}).",              \
      "{w}Warning:{/} the referral cannot be kept on disk ({1}).")                                           \
    X(SAY_LOST, "{w}De verwijzing is niet verstuurd en ook niet bewaard.{/} Typ haar later opnieuw in.",     \
      "{w}The referral was neither sent nor kept.{/} Enter it again later.")                                 \
    X(SAY_SENT_LATE, "Bewaarde verwijzing alsnog verstuurd: {b}{1}{/}, naar {2}.",                           \
      "Kept referral sent after all: {b}{1}{/}, to {2}.")                                                    \
    X(SAY_REFUSED_LATE,                                                                                      \
      "{w}Bewaarde verwijzing geweigerd:{/} {1} Ze staat in {2}; verbeter haar en "                          \
      "verstuur met: wijzer refer --file {2}",                                                               \
      "{w}Kept referral refused:{/} {1} It is in {2}; correct it and send it with: wijzer refer --file {2}") \
    X(SAY_STILL_WAITING, "Nog te versturen: {1}. Wijzer is niet bereikbaar ({2}).",                          \
      "Still to be sent: {1}. Wijzer cannot be reached ({2}).")                                              \
    X(SAY_NOTHING_WAITS, "Er staat niets meer te wachten.", "Nothing is waiting.")                           \
    X(SAY_SYNC_DONE, "Verstuurd: {1}, geweigerd: {2}, nog te versturen: {3}.",                               \
      "Sent: {1}, refused: {2}, still to be sent: {3}.")                                                     \
    X(SAY_OTHER_SENDS, "Een andere opdracht is al aan het versturen.",                                       \
      "Another command is sending already.")                                                                 \
    X(SAY_KEPT_ASIDE, "Wat u typte is bewaard in {1}", "What you typed is kept in {1}")                      \
    /* refusals */                                                                                           \
    X(SAY_REFUSED, "{w}Niet gelukt.{/} {1}", "{w}Not done.{/} {1}")                                          \
    X(SAY_STATE_IS, "Deze stap staat op \"{1}\". Dan kan dit niet.",                                         \
      "This step is in state \"{1}\". Then this is not possible.")                                           \
    X(SAY_HINT, "{1}", "{1}")                                                                                \
    X(SAY_IS_NO_DATE, "{1}; schrijf jjjj-mm-dd, bijvoorbeeld 2026-12-07",                                    \
      "{1}; write yyyy-mm-dd such as 2026-12-07")                                                            \
    X(SAY_NOT_YOURS, "Dit is niet aan u.", "This is not yours to do.")                                       \
    X(SAY_NOT_NOW, "Dat kan nu niet.", "Not possible now.")                                                  \
    X(SAY_SERVICE_SAYS, "{d}De dienst zegt: {1}{/}", "{d}The service says: {1}{/}")                          \
    X(SAY_ISSUE, "  {b}{1}{/} {2}", "  {b}{1}{/} {2}")                                                       \
    X(SAY_CONFLICT, "{w}Iemand was u voor.{/} Stap {1} is intussen gewijzigd; er is nu niets veranderd.",    \
      "{w}Somebody was first.{/} Step {1} has changed meanwhile; nothing was changed now.")                  \
    X(SAY_CONFLICT_WHO, "  {1} zette hem op \"{2}\" ({3}).", "  {1} set it to \"{2}\" ({3}).")               \
    X(SAY_CONFLICT_NOW, "  De stap staat nu op \"{1}\". Kijk met: wijzer show {2}",                          \
      "  The step is now at \"{1}\". Look with: wijzer show {2}")                                            \
    /* refer */                                                                                              \
    X(SAY_REFERRED, "{g}Verwijzing {b}{1}{/}{g} is verstuurd.{/}",                                           \
      "{g}Referral {b}{1}{/}{g} has been sent.{/}")                                                          \
    X(SAY_PREVIEW, "{b}Proef:{/} er is niets verstuurd en niets bewaard. Zo zou het gaan:",                  \
      "{b}Trial:{/} nothing was sent and nothing kept. This is how it would go:")                            \
    X(SAY_HEAR_BACK, "U hoort vanzelf hoe het afloopt. Kijken kan met: wijzer show {1}",                     \
      "You will hear how it ends. To look: wijzer show {1}")                                                 \
    X(SAY_TELL_CLIENT,                                                                                       \
      "De inwoner moet horen hoe het afloopt, van wie helpt of van uw organisatie. Kijken kan met: wijzer "  \
      "show {1}",                                                                                            \
      "The client must hear how it ends, from who helps or from your organisation. To look: wijzer show "    \
      "{1}")                                                                                                 \
    X(SAY_SIGNAL_TAKEN,                                                                                      \
      "{g}Het signaal is ontvangen:{/} verwijzing {b}{1}{/}. Wie signaleert ziet er verder niets van; de "   \
      "inwoner hoort hoe het afloopt.",                                                                      \
      "{g}The signal was received:{/} referral {b}{1}{/}. Who signals sees no more of it; the client hears " \
      "how it ends.")                                                                                        \
    X(SAY_SIGNAL_KNOWN, "Dit signaal is al ontvangen: verwijzing {b}{1}{/}. Er is niets nieuws verstuurd.",  \
      "This signal was received before: referral {b}{1}{/}. Nothing new was sent.")                          \
    X(SAY_RULE, "{1} {d}(tabel {2} versie {3}, regel {4}){/}",                                               \
      "{1} {d}(table {2} version {3}, rule {4}){/}")                                                         \
    X(LABEL_TO, "Naar", "To")                                                                                \
    X(LABEL_WHY, "Waarom", "Why")                                                                            \
    X(LABEL_NEXT, "Hierna", "Next")                                                                          \
    X(LABEL_STEP, "Stap", "Step")                                                                            \
    X(SAY_NEXT, "{1}: {2}, {3}", "{1}: {2}, {3}")                                                            \
    X(SAY_BEFORE, "vóór {1}", "before {1}")                                                                  \
    X(SAY_OVERDUE, "{w}TE LAAT{/}", "{w}OVERDUE{/}")                                                         \
    X(SAY_OVERDUE_TOLD, "{w}TE LAAT{/}, wie aan zet is kreeg bericht",                                       \
      "{w}OVERDUE{/}, who must act was told")                                                                \
    X(SAY_OVERDUE_COORDINATION, "{w}TE LAAT{/}, de ketenregie kreeg bericht",                                \
      "{w}OVERDUE{/}, the coordination was told")                                                            \
    X(SAY_OVERDUE_PERSON, "{w}TE LAAT{/}, ligt bij {1} ({2})", "{w}OVERDUE{/}, with {1} ({2})")              \
    X(SAY_OVERDUE_NAMED, "{w}TE LAAT{/}, ligt bij de aangewezen persoon",                                    \
      "{w}OVERDUE{/}, with the named person")                                                                \
    /* steps and referrals */                                                                                \
    X(SAY_NOW, "Stap {b}{1}{/} staat nu op {b}{2}{/}.", "Step {b}{1}{/} is now at {b}{2}{/}.")               \
    X(SAY_STEP_ENDED, "Wie nu aan zet is, ziet u met: wijzer show {1}",                                      \
      "Who is next to act: wijzer show {1}")                                                                 \
    X(SAY_COMPLETED_REACHED, "Afgerond als \"doel bereikt\" (anders: --outcome partly of not-reached).",     \
      "Completed as \"goal reached\" (otherwise: --outcome partly or not-reached).")                         \
    X(LABEL_WHO, "Inwoner", "Client")                                                                        \
    X(LABEL_CALL, "Bel", "Call")                                                                             \
    X(LABEL_QUESTION, "Vraag", "Question")                                                                   \
    X(LABEL_DOMAINS, "Leefgebied", "Domains")                                                                \
    X(LABEL_FROM, "Van", "From")                                                                             \
    X(LABEL_TURN, "Aan zet", "Next to act")                                                                  \
    X(LABEL_STATE, "Status", "State")                                                                        \
    X(LABEL_NOW, "Nu", "Now")                                                                                \
    X(LABEL_OUTCOME, "Afloop", "Outcome")                                                                    \
    X(LABEL_SENT, "Verwezen", "Referred")                                                                    \
    X(LABEL_LOOP, "Rond", "Loop")                                                                            \
    X(LABEL_REFERRAL, "Verwijzing", "Referral")                                                              \
    X(LABEL_OFFERING, "Aanbod", "Offering")                                                                  \
    X(LABEL_TO_REFERRER, "Gevraagd", "Asked")                                                                \
    X(LABEL_ANSWER, "Antwoord", "Answer")                                                                    \
    X(SAY_DECIDE_HOW,                                                                                        \
      "toch beginnen: wijzer report {1} sent; niet meer nodig: wijzer report {1} dropped --reason WAAROM",   \
      "begin it: wijzer report {1} sent; no longer needed: wijzer report {1} dropped --reason WHY")          \
    X(SAY_NEW_STEP, "Nieuwe stap {b}{1}{/}: {2}, {3}", "New step {b}{1}{/}: {2}, {3}")                       \
    X(SAY_ANSWER_HOW, "de verwijzer antwoordt met: wijzer answer {1} \"...\"",                               \
      "the referrer answers with: wijzer answer {1} \"...\"")                                                \
    X(LABEL_DECLINED, "Geweigerd", "Declined")                                                               \
    X(SAY_AT, "{1} ({2})", "{1} ({2})")                                                                      \
    X(SAY_NAME, "{1}", "{1}")                                                                                \
    X(SAY_BORN, "geboren {1}", "born {1}")                                                                   \
    X(SAY_LIVES, "gebied {1}", "area {1}")                                                                   \
    X(LABEL_CLIENT, "Inwonernr", "Client id")                                                                \
    X(SAY_SPEAKS, ", taal {1}", ", language {1}")                                                            \
    X(SAY_HIDDEN, "(niet zichtbaar voor u)", "(not visible to you)")                                         \
    X(SAY_SOON, "{w}spoed{/}", "{w}soon{/}")                                                                 \
    X(SAY_REFERRAL_HEAD, "Verwijzing {b}{1}{/}, {2}", "Referral {b}{1}{/}, {2}")                             \
    X(SAY_STEP_HEAD, "Stap {b}{1}{/}, {2}", "Step {b}{1}{/}, {2}")                                           \
    X(SAY_OPEN, "open", "open")                                                                              \
    X(SAY_CLOSED, "gesloten", "closed")                                                                      \
    X(SAY_STEPS, "{b}Stappen{/}", "{b}Steps{/}")                                                             \
    X(SAY_STEP_LINE, "{1}{b}{2}{/}  {3}", "{1}{b}{2}{/}  {3}")                                               \
    X(SAY_STEP_AT, ", {1}", ", {1}")                                                                         \
    X(SAY_STEP_AFTER, " {d}(na {1}){/}", " {d}(after {1}){/}")                                               \
    X(SAY_STEP_NEXT, "{1}{d}aan zet: {2}: {3}, {4}{/}", "{1}{d}next to act: {2}: {3}, {4}{/}")               \
    X(SAY_HISTORY, "{b}Wat er is gebeurd{/}", "{b}What has happened{/}")                                     \
    X(SAY_EVENT, "  {d}{1}{/}  {2}", "  {d}{1}{/}  {2}")                                                     \
    X(SAY_EVENT_BY, " {d}door {1}{/}", " {d}by {1}{/}")                                                      \
    X(SAY_EVENT_STEP, " {d}[{1}]{/}", " {d}[{1}]{/}")                                                        \
    X(SAY_WATCHED, "{d}{1}{/}  {b}{2}{/}  {3}", "{d}{1}{/}  {b}{2}{/}  {3}")                                 \
    X(SAY_WATCHED_NEXT, "      {d}aan zet: {1}: {2}, {3}{/}", "      {d}next to act: {1}: {2}, {3}{/}")      \
    X(SAY_WATCH_AWAY,                                                                                        \
      "{w}Wijzer is even niet bereikbaar op {1}.{/} Zodra het kan gaat dit verder; niets gaat verloren.",    \
      "{w}Wijzer cannot be reached at {1} for a moment.{/} This goes on when it can; nothing is lost.")      \
    X(SAY_EVENT_TO, ", naar {1}", ", to {1}")                                                                \
    X(SAY_EVENT_LATE, ": {1}; {2}e keer, nu bij {3}", ": {1}; time {2}, now with {3}")                       \
    X(SAY_EVENT_CODE, ": {1}", ": {1}")                                                                      \
    X(SAY_SYSTEM, "Wijzer", "Wijzer")                                                                        \
    X(LOOP_1, "aangekomen", "delivered")                                                                     \
    X(LOOP_2, "beantwoord", "answered")                                                                      \
    X(LOOP_2_LATE, "beantwoord, te laat", "answered, late")                                                  \
    X(LOOP_3, "contact", "contact")                                                                          \
    X(LOOP_3_NONE, "contact (kwam er niet)", "contact (there was none)")                                     \
    X(LOOP_4, "stappen klaar", "steps ended")                                                                \
    X(LOOP_5, "afloop", "outcome")                                                                           \
    X(LOOP_7, "inwoner weet het", "client knows")                                                            \
    X(LOOP_6, "gelezen", "read")                                                                             \
    X(SAY_PART_DONE, "{g}[x]{/} {1}", "{g}[x]{/} {1}")                                                       \
    X(SAY_PART_OPEN, "{d}[ ]{/} {1}", "{d}[ ]{/} {1}")                                                       \
    /* lists */                                                                                              \
    X(SAY_INBOX_HEAD, "{b}Te doen: {1}{/}", "{b}To do: {1}{/}")                                              \
    X(SAY_INBOX_EMPTY, "U hoeft nu niets te doen.", "There is nothing for you to do now.")                   \
    X(SAY_INBOX_ITEM, "{b}{1}{/}  {2}", "{b}{1}{/}  {2}")                                                    \
    X(SAY_INBOX_DUE, "{b}{1}{/}  {2}, {3}", "{b}{1}{/}  {2}, {3}")                                           \
    X(SAY_SPACE, "  ", "  ")                                                                                 \
    X(SAY_MORE, "Er is meer dan dit. Alles ziet u met --limit 0", "There is more. See all with --limit 0")   \
    X(SAY_CHAIN_HEAD, "{b}Verwijzingen: {1}{/}", "{b}Referrals: {1}{/}")                                     \
    X(SAY_CHAIN_EMPTY, "Geen verwijzingen gevonden.", "No referrals found.")                                 \
    X(SAY_CHAIN_ITEM, "{b}{1}{/}  {2}, van {3}, {4}", "{b}{1}{/}  {2}, from {3}, {4}")                       \
    X(SAY_FEEDBACK_HEAD, "{b}Terugkoppeling: {1}{/}", "{b}Feedback: {1}{/}")                                 \
    X(SAY_FEEDBACK_EMPTY, "Er is geen terugkoppeling.", "There is no feedback.")                             \
    X(SAY_FEEDBACK_ITEM, "{b}{1}{/}  {2}, van {3}, over verwijzing {4}",                                     \
      "{b}{1}{/}  {2}, from {3}, about referral {4}")                                                        \
    X(SAY_FEEDBACK_NEW, "{g}NIEUW{/}", "{g}NEW{/}")                                                          \
    X(SAY_FEEDBACK_FINAL, "{d}afloop{/}", "{d}final{/}")                                                     \
    X(SAY_FEEDBACK_OPEN, "Gelezen? Zeg dat met: wijzer feedback open NUMMER",                                \
      "Read? Say so with: wijzer feedback open ID")                                                          \
    X(SAY_FEEDBACK_OPENED, "Gelezen op {1}.", "Read on {1}.")                                                \
    /* check, vocabulary, whoami, version */                                                                 \
    X(SAY_HOLDS, "{1}  {g}klopt{/}              {2}", "{1}  {g}holds{/}        {2}")                         \
    X(SAY_SHOWN_BY_TESTS, "Dat tonen de tests: aan een systeem dat draait is het niet te zien.",             \
      "The tests show that: it cannot be seen of a system that runs.")                                       \
    X(SAY_NOT_CHECKED, "{1}  {d}niet hier te zien{/}  {2}", "{1}  {d}not checked{/}  {2}")                   \
    X(SAY_VIOLATED, "{1}  {w}KLOPT NIET{/}         {2} ({3} keer)",                                          \
      "{1}  {w}VIOLATED{/}     {2} ({3} times)")                                                             \
    X(SAY_EXAMPLES, "      bijvoorbeeld {1}", "      for example {1}")                                       \
    X(SAY_CHECK_GOOD, "{g}Alles wat hier te controleren is, klopt.{/}",                                      \
      "{g}All that can be checked here holds.{/}")                                                           \
    X(SAY_CHECK_BAD, "{w}Niet alles klopt. Meld dit aan de beheerder.{/}",                                   \
      "{w}Not everything holds. Tell the steward.{/}")                                                       \
    X(NAME_I1, "Geen zwart gat: altijd is er iemand aan zet", "No black hole")                               \
    X(NAME_I2, "Bevestigd is bewaard", "Acknowledged is durable")                                            \
    X(NAME_I3, "Alles gebeurt één keer", "Once")                                                             \
    X(NAME_I4, "De geschiedenis is heel", "History is whole")                                                \
    X(NAME_I5, "Niemand ziet meer dan mag", "Nobody sees what consent does not grant them")                  \
    X(NAME_I6, "Elke toezegging eindigt", "Every promise ends")                                              \
    X(NAME_I7, "Elk besluit is uit te leggen", "Every decision can be explained")                            \
    X(NAME_I8, "Een kring is pas rond door feiten", "A loop is closed by facts")                             \
    X(HEAD_DOMAINS, "{b}Leefgebieden{/}", "{b}Life domains{/}")                                              \
    X(HEAD_STATES, "{b}Statussen{/}", "{b}States{/}")                                                        \
    X(HEAD_EVIDENCE, "{b}Bewijs dat het werkt{/}", "{b}Evidence that it works{/}")                           \
    X(HEAD_DECLINE, "{b}Redenen om te weigeren{/}", "{b}Decline codes{/}")                                   \
    X(HEAD_OFFERINGS, "{b}Aanbod{/}", "{b}Offerings{/}")                                                     \
    X(HEAD_ORGANISATIONS, "{b}Organisaties{/}", "{b}Organisations{/}")                                       \
    X(SAY_WORD, "  {1}  {2}", "  {1}  {2}")                                                                  \
    X(SAY_WORD_NEEDS, "  {d}(nodig: {1}){/}", "  {d}(needs: {1}){/}")                                        \
    X(SAY_WHOAMI, "{b}{1}{/}, {2} bij {3}, regio {4}", "{b}{1}{/}, {2} at {3}, region {4}")                  \
    X(SAY_WHERE, "Profiel {1}, dienst {2}", "Profile {1}, service {2}")                                      \
    X(ROLE_REFERRER, "verwijzer", "referrer")                                                                \
    X(ROLE_WORKER, "uitvoerder", "worker")                                                                   \
    X(ROLE_COORDINATOR, "ketenregisseur", "coordinator")                                                     \
    X(ROLE_STEWARD, "beheerder", "steward")                                                                  \
    X(SAY_VERSION, "wijzer {1}", "wijzer {1}")                                                               \
    /* help */                                                                                               \
    X(HELP_HEAD, "{b}wijzer{/}: geen verwijzing raakt kwijt, en wie verwees hoort hoe het afliep.",          \
      "{b}wijzer{/}: no referral gets lost, and whoever referred hears how it ended.")                       \
    X(HELP_USAGE, "Zo werkt het: wijzer OPDRACHT ... [--json] [--profile MAP] [--lang nl|en]",               \
      "Usage: wijzer COMMAND ... [--json] [--profile DIR] [--lang nl|en]")                                   \
    X(HELP_REFERRING, "{b}Verwijzen en terughoren{/}", "{b}Referring and hearing back{/}")                   \
    X(HELP_HELPING, "{b}Helpen{/}", "{b}Helping{/}")                                                         \
    X(HELP_PLACES, "{b}Plek en groepen{/}", "{b}Room and groups{/}")                                         \
    X(HELP_CHAIN, "{b}De keten bewaken{/}", "{b}Watching the chain{/}")                                      \
    X(HELP_RULES, "{b}De regels{/}", "{b}The rules{/}")                                                      \
    X(HELP_NOTICES, "{b}Horen dat er iets is{/}", "{b}Hearing that there is something{/}")                   \
    X(HELP_RIGHTS, "{b}Toestemming en privacy{/}", "{b}Consent and privacy{/}")                              \
    X(HELP_ACCESS, "{b}Toegang en sleutels{/}", "{b}Access and keys{/}")                                     \
    X(HELP_PROGRAM, "{b}Dit programma{/}", "{b}This program{/}")                                             \
    X(HELP_MORE,                                                                                             \
      "Meer over een opdracht: wijzer OPDRACHT --help. Uitkomsten voor scripts: "                            \
      "wijzer help exit-codes",                                                                              \
      "More about a command: wijzer COMMAND --help. Results for scripts: wijzer help exit-codes")            \
    X(HELP_SYNOPSIS, "{b}wijzer {1}{/} {2}", "{b}wijzer {1}{/} {2}")                                         \
    X(HELP_FLAGS, "{b}Mogelijkheden{/}", "{b}Options{/}")                                                    \
    X(HELP_FLAGS_ALWAYS, "{b}Bij elke opdracht{/}", "{b}With every command{/}")                              \
    X(HELP_LINE, "  {b}{1}{/}  {2}", "  {b}{1}{/}  {2}")                                                     \
    X(HELP_EXIT_CODES, "{b}Uitkomsten (exit codes){/}", "{b}Exit codes{/}")                                  \
    X(EXIT_TEXT_0, "gelukt", "done")                                                                         \
    X(EXIT_TEXT_1, "geweigerd door de dienst", "refused by the service")                                     \
    X(EXIT_TEXT_2, "verkeerd getypt of ongeldige invoer; er is niets verstuurd",                             \
      "wrong usage or invalid input; nothing was sent")                                                      \
    X(EXIT_TEXT_3, "dienst niet bereikbaar; de verwijzing is bewaard, er is niets kwijt",                    \
      "service unreachable; the referral is kept, nothing is lost")                                          \
    X(EXIT_TEXT_4,                                                                                           \
      "dienst niet bereikbaar; er is niets verstuurd, of dat is niet zeker (de tekst zegt het)",             \
      "service unreachable; nothing was sent, or that is not certain (the text says so)")                    \
    X(EXIT_TEXT_5, "mag niet: certificaat of rol", "not allowed: certificate or role")                       \
    X(EXIT_TEXT_6, "iemand anders was eerder; er is niets veranderd",                                        \
      "somebody else was first; nothing was changed")                                                        \
    X(EXIT_TEXT_7, "check of rules check vond iets dat niet klopt",                                          \
      "check or rules check found what is wrong")

enum text {
#define X(enumerator, dutch, english) enumerator,
    TEXTS(X)
#undef X
        TEXT_COUNT
};

/* The template; never NULL. */
const char *text_template(enum language language, enum text text);
/* A refusal of the service, by the word of its problem type, in whole sentences; NULL for an unknown word. */
const char *text_problem(enum language language, const char *word);
/* What the service says of one case, by its own English sentence; NULL for one that is not known. */
const char *text_detail(enum language language, const char *detail);
/* The part of that which texts_details.c knows. */
const char *text_refusal(enum language language, const char *detail);
/* The state of which the service says that it does not allow this; absent where it says something else. */
struct slice text_state_of(const char *detail);
/* What makes a command possible again where a step's state does not allow it, or NULL. */
const char *text_hint(struct arena *arena, enum language language, const char *command, struct slice state);
/* What the service expected of a member or parameter, by its own English words, or NULL. */
const char *text_expected(struct arena *arena, enum language language, const char *detail);
/* A member or parameter that no flag fills, as a person calls it, or NULL. */
const char *text_member(enum language language, const char *pointer);
/* What is wrong with a member, by the code of an issue; NULL for an unknown code. */
const char *text_issue(enum language language, const char *code);

/* "dinsdag 24 november 17:00" in Amsterdam, with the year when it is not that of `now`. */
const char *text_when(struct arena *arena, enum language language, int64_t at, int64_t now);
/* "24-11-2026 17:00". */
const char *text_when_short(struct arena *arena, int64_t at);
/* "24 november 2026" for a moment. */
const char *text_day(struct arena *arena, enum language language, int64_t at);

#endif
