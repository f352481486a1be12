/* What the service says of one case, by its own English words (daemon/app, proto), beside what texts.c knows.
 * A test reads the daemon's texts and finds those that are in neither. */
#include <string.h>

#include "texts.h"

struct phrase {
    const char *word;
    const char *in[LANGUAGES];
};

static const char *find(const struct phrase *list, size_t count, enum language language, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].word, word) == 0)
            return list[i].in[language];
    return NULL;
}

static const struct phrase refusals[] = {
    {"Somebody else must do this: not who asked for it, did it or is in it, nor whom they invited, raised to "
     "a role or gave a key, nor who did so for them.",
     {"Een ander moet dit doen: niet wie het vroeg, deed of erin staat, en ook niet wie door hen is "
      "uitgenodigd, een rol of een sleutel kreeg, of dat voor hen deed.",
      "Somebody else must do this: not who asked for it, did it or is in it, nor whom they invited, raised "
      "to a role or gave a key, nor who did so for them."}},
    {"Somebody is still at work for this client. Withdraw the referral first, or wait until it is done.",
     {"Er is nog iemand bezig voor deze inwoner. Trek de verwijzing eerst in, of wacht tot zij klaar is.",
      "Somebody is still at work for this client. Withdraw the referral first, or wait until it is done."}},
    {"Somebody used the emergency button for this client, and nobody has reviewed it yet.",
     {"Bij deze inwoner is de noodknop gebruikt, en nog niemand bekeek dat: wijzer emergencies",
      "Somebody used the emergency button for this client, and nobody has reviewed it yet."}},
    {"Somebody else corrected this client at the same moment. Look at what it is now, and try again.",
     {"Een ander verbeterde deze gegevens op hetzelfde moment. Kijk hoe het nu is, en probeer het dan weer.",
      "Somebody else corrected this client at the same moment. Look at what it is now, and try again."}},
    {"The referral in which it would go on is not there.",
     {"De verwijzing waarin zij verder zou gaan, is er niet.",
      "The referral in which it would go on is not there."}},
    {"These are one referral.", {"Dit is twee keer dezelfde verwijzing.", "These are one referral."}},
    {"This referral goes on in another one already.",
     {"Deze verwijzing gaat al verder in een andere.", "This referral goes on in another one already."}},
    {"The referral in which it would go on goes on in another one itself: name that one.",
     {"De verwijzing na --into gaat zelf al verder in een andere. Noem die: wijzer show VERWIJZING laat zien "
      "welke.",
      "The referral in which it would go on goes on in another one itself: name that one."}},
    {"One of the two has ended: only referrals that are open are merged.",
     {"Een van de twee is klaar. Samenvoegen kan alleen met twee verwijzingen die nog open staan.",
      "One of the two has ended: only referrals that are open are merged."}},
    {"Another referral goes on in this one: merge the other way round, or reopen that one first.",
     {"In deze verwijzing gaat al een andere verder. Voeg andersom samen, of heropen die andere eerst.",
      "Another referral goes on in this one: merge the other way round, or reopen that one first."}},
    {"Neither name with year of birth nor phone number of the two are the same. Look whether they are one "
     "person, and correct what is wrong first.",
     {"Naam met geboortejaar en telefoonnummer zijn bij deze twee allebei anders. Kijk of het echt één "
      "inwoner is, en verbeter eerst wat fout is: wijzer client correct",
      "Neither name with year of birth nor phone number of the two are the same. Look whether they are one "
      "person, and correct what is wrong first."}},
    {"This region has no state \"merged\" yet. A steward adds the new words by data.seed_vocabulary().",
     {"Uw regio heeft de status voor samenvoegen nog niet. De beheerder kan die toevoegen.",
      "This region has no state \"merged\" yet. A steward adds the new words by data.seed_vocabulary()."}},
    {"There is a promise to call back in this step already. Say that you called, or promise another day "
     "instead.",
     {"In deze stap is al beloofd terug te bellen. Meld dat u belde: wijzer called-back STAP, of beloof een "
      "andere dag: --instead",
      "There is a promise to call back in this step already. Say that you called, or promise another day "
      "instead."}},
    {"This region has no word for this yet. The steward adds new words with data.seed_vocabulary().",
     {"Uw regio heeft hier nog geen woord voor. De beheerder kan het toevoegen.",
      "This region has no word for this yet. The steward adds new words with data.seed_vocabulary()."}},
    {"Somebody else has reviewed it already.",
     {"Iemand anders heeft dit al bekeken.", "Somebody else has reviewed it already."}},
    {"It was approved already.", {"Dit is al goedgekeurd.", "It was approved already."}},
    {"This client was forgotten: there is nothing to correct.",
     {"Deze inwoner is vergeten: er is niets meer te verbeteren.",
      "This client was forgotten: there is nothing to correct."}},
    {"This client was forgotten: there is nothing to consent to.",
     {"Deze inwoner is vergeten: er is niets meer om toestemming voor te geven.",
      "This client was forgotten: there is nothing to consent to."}},
    {"If-Match does not name the consent in force. Read it again, then decide again.",
     {"De toestemming is intussen veranderd. Kijk eerst hoe zij nu is: wijzer consent show VERWIJZING",
      "If-Match does not name the consent in force. Read it again, then decide again."}},
    {"This service issues no certificates.",
     {"Deze dienst geeft zelf geen certificaten uit.", "This service issues no certificates."}},
    {"Your certificate was not issued here: the CA that gave it renews it.",
     {"Uw certificaat komt niet van deze dienst. Wie het gaf, verlengt het ook.",
      "Your certificate was not issued here: the CA that gave it renews it."}},
    {"This account has ten certificates that are still good. Ask the steward to revoke some.",
     {"Dit account heeft al tien geldige certificaten. Vraag de beheerder er een paar in te trekken.",
      "This account has ten certificates that are still good. Ask the steward to revoke some."}},
    {"What was known about this client has been erased, so nothing can be written about them.",
     {"De gegevens van deze inwoner zijn gewist. Er kan niets meer bij worden geschreven.",
      "What was known about this client has been erased, so nothing can be written about them."}},
    {"Your role refers nobody. For somebody who came to you, send the origin \"self\" or \"desk\".",
     {"Met uw rol verwijst u niet. Kwam iemand zelf naar u toe? Dat kan met --self of --desk.",
      "Your role refers nobody. For somebody who came to you, send the origin \"self\" or \"desk\"."}},
    {"A file is a PDF, a picture (PNG, JPEG), plain text in UTF-8, or a document of Word (.docx) or of "
     "OpenDocument (.odt).",
     {"Een bijlage is een pdf, een afbeelding (png, jpg), gewone tekst (txt), of een document van Word "
      "(docx) of OpenDocument (odt).",
      "A file is a PDF, a picture (PNG, JPEG), plain text in UTF-8, or a document of Word (.docx) or of "
      "OpenDocument (.odt)."}},
    {"No version of this table is in force.",
     {"Van deze tabel geldt nog geen versie.", "No version of this table is in force."}},
    {"No version was in force before the present one.",
     {"Voor de versie van nu gold er geen andere.", "No version was in force before the present one."}},
    {"This version is of another table.",
     {"Deze versie hoort bij een andere tabel.", "This version is of another table."}},
    {"There are seven tables, 1 to 7.",
     {"Er zijn zeven tabellen, 1 tot en met 7.", "There are seven tables, 1 to 7."}},
    {"Your role does not set this state.",
     {"Met uw rol zet u een stap niet op deze status.", "Your role does not set this state."}},
    {"The offering that the step was planned for is no longer there: drop it, and pass on to another.",
     {"Het aanbod waar deze stap voor was gepland, is er niet meer. Laat de stap vervallen: wijzer report "
      "STAP dropped --reason WAAROM, en leid door naar een ander.",
      "The offering that the step was planned for is no longer there: drop it, and pass on to another."}},
    {"This region does not plan steps: it has no state \"planned\".",
     {"Uw regio plant geen stappen na elkaar: --then en --after kunnen hier niet.",
      "This region does not plan steps: it has no state \"planned\"."}},
    {"The step to come after is no open step of this referral.",
     {"De stap waar deze na komt, is geen open stap van deze verwijzing.",
      "The step to come after is no open step of this referral."}},
    {"The step to come after waits for this one itself.",
     {"De stap waar deze na komt, wacht zelf al op deze stap. Zo komt geen van de twee aan de beurt.",
      "The step to come after waits for this one itself."}},
    {"An organisation that declined this referral is not asked again, nor asks itself. Decline without "
     "offerings, and the next candidate or the coordination gets it.",
     {"Wie deze verwijzing weigerde, wordt niet nog eens gevraagd. Weiger zonder --to: dan gaat zij naar de "
      "volgende, of naar de ketenregie.",
      "An organisation that declined this referral is not asked again, nor asks itself. Decline without "
      "offerings, and the next candidate or the coordination gets it."}},
    {"This service has not been set up to send mail.",
     {"Deze dienst verstuurt nog geen mail. Vraag het aan wie hem beheert. Kijken kan altijd: wijzer inbox",
      "This service has not been set up to send mail. Ask who runs it. You can always look: wijzer inbox"}},
    {"This service has not been set up to send webhooks.",
     {"Deze dienst verstuurt nog geen webhooks. Vraag het aan wie hem beheert.",
      "This service has not been set up to send webhooks. Ask who runs it."}},
    {"Your organisation hears at this address already.",
     {"Uw organisatie krijgt op dit adres al bericht: wijzer subscriptions",
      "Your organisation hears at this address already."}},
    {"An organisation has at most 20 subscriptions: end one that is not needed.",
     {"Uw organisatie heeft al 20 aanmeldingen. Zeg er eerst een op: wijzer unsubscribe NUMMER",
      "An organisation has at most 20 subscriptions: end one that is not needed."}},
    {"It is not dead: it was sent, or is tried again by itself.",
     {"Dit bericht is al verstuurd, of gaat vanzelf nog eens weg. U hoeft niets te doen.",
      "It is not dead: it was sent, or is tried again by itself."}},
    {"The subscription has ended: nobody hears there any more.",
     {"De aanmelding voor dit adres is gestopt. Daar gaat niets meer heen.",
      "The subscription has ended: nobody hears there any more."}},
    {"Only who works for the organisation that owns the step promises, calls and sets goals.",
     {"Alleen wie bij de organisatie van de stap werkt, belooft, belt en noteert doelen.",
      "Only who works for the organisation that owns the step promises, calls and sets goals."}},
    {"The step has ended: there is nothing left to pick up.",
     {"Deze stap is klaar: er valt niets meer op te pakken.",
      "The step has ended: there is nothing left to pick up."}},
    {"Only who works for the organisation that owns the step picks it up and puts it back.",
     {"Alleen wie bij de organisatie van de stap werkt, pakt hem op of legt hem terug.",
      "Only who works for the organisation that owns the step picks it up and puts it back."}},
    {"Only an organisation with an open or completed step of this referral can direct it.",
     {"Alleen een organisatie met een stap in deze verwijzing die open of afgerond is, kan de regie krijgen.",
      "Only an organisation with an open or completed step of this referral can direct it."}},
    {"The referral has ended: there is nothing left to direct.",
     {"Deze verwijzing is klaar: er valt niets meer te regisseren.",
      "The referral has ended: there is nothing left to direct."}},
    {"The director hands over, or a coordinator; who referred, while nobody directs.",
     {"De regie geeft over wie haar nu heeft, of de ketenregie. Heeft niemand de regie? Dan kan ook de "
      "verwijzer het.",
      "The director hands over, or a coordinator; who referred, while nobody directs."}},
    {"The id is mistyped: its check character does not fit the other seven.",
     {"Een teken van het nummer is verkeerd. Neem het nog eens over.",
      "The id is mistyped: its check character does not fit the other seven."}},
    {"An id has eight characters of 23456789CDFGHJKMNPRTWXY, such as GXGP-2X3J.",
     {"Een nummer heeft acht tekens, bijvoorbeeld GXGP-2X3J.",
      "An id has eight characters of 23456789CDFGHJKMNPRTWXY, such as GXGP-2X3J."}},
    {"There are warnings that were not acknowledged. Send their names in `acknowledged`, or the word of a "
     "kind for all of that kind.",
     {"Er zijn waarschuwingen die niemand heeft gezien. Noem ze bij: --acknowledge",
      "There are warnings that were not acknowledged. Send their names in `acknowledged`, or the word of a "
      "kind for all of that kind."}},
    {"Only a coordinator notes how well it is proved that an offering works.",
     {"Alleen de ketenregie noteert hoe goed is bewezen dat aanbod werkt.",
      "Only a coordinator notes how well it is proved that an offering works."}},
    {"The keys of this region are not there.",
     {"De sleutels van uw regio zijn er niet. Vraag de beheerder.",
      "The keys of this region are not there."}},
};

const char *text_refusal(enum language language, const char *detail)
{
    return find(refusals, sizeof refusals / sizeof refusals[0], language, detail);
}

/* ---- a step whose state does not allow it ---- */

#define STATE_BEFORE "The step is in state "
#define STATE_BEHIND ", from which this is not possible."

struct slice text_state_of(const char *detail)
{
    size_t n = strlen(detail), before = sizeof STATE_BEFORE - 1, behind = sizeof STATE_BEHIND - 1;
    if (n <= before + behind || strncmp(detail, STATE_BEFORE, before) != 0 ||
        strcmp(detail + n - behind, STATE_BEHIND) != 0)
        return SLICE_NONE;
    return slice_make(detail + before, n - before - behind);
}

/* What makes it possible: by command ("": any) and state, the first that fits. */
static const struct {
    const char *command, *states; /* with a space before and behind each */
    const char *in[LANGUAGES];
} hints[] = {
    {"answer",
     " sent received accepted waiting-list contact-attempt first-contact intake-planned no-show intake-done "
     "taking-part paused ",
     {"Er staat geen vraag open bij deze stap. Iets vertellen kan met: wijzer message STAP TEKST",
      "No question is open at this step. To tell something: wijzer message STEP TEXT"}},
    {"report",
     " planned ",
     {"Deze stap begint na een andere. Toch al beginnen: wijzer report STAP sent; niet meer nodig: wijzer "
      "report STAP dropped --reason WAAROM",
      "This step begins after another. To begin it now: wijzer report STEP sent; no longer needed: wijzer "
      "report STEP dropped --reason WHY"}},
    {"", " planned ", {"Deze stap begint pas na een andere.", "This step begins only after another."}},
    {"",
     " offered ",
     {"Zeg eerst of u het aanbod aanneemt: wijzer accept STAP of wijzer decline STAP REDEN",
      "Say first whether you take the offer: wijzer accept STEP or wijzer decline STEP CODE"}},
    {"",
     " sent received ",
     {"Neem de stap eerst aan of weiger hem: wijzer accept STAP of wijzer decline STAP REDEN",
      "Accept the step first, or decline it: wijzer accept STEP or wijzer decline STEP CODE"}},
    {"",
     " question-to-referrer ",
     {"Er wacht een vraag op de verwijzer. Aannemen of weigeren kan ook nu: wijzer accept STAP of wijzer "
      "decline STAP REDEN",
      "A question waits for the referrer. To accept or decline now: wijzer accept STEP or wijzer decline "
      "STEP "
      "CODE"}},
    {"report",
     " accepted waiting-list contact-attempt first-contact intake-planned no-show intake-done passed-on "
     "taking-part paused ",
     {"Wat hierna kan, hangt af van waar de stap staat: eerst contact (first-contact), dan meedoen "
      "(taking-part), dan afronden (wijzer complete STAP). Iets vragen kan altijd: wijzer message STAP TEKST",
      "What comes next depends on where the step is: first contact (first-contact), then taking part "
      "(taking-part), then wijzer complete STEP. To ask something at any time: wijzer message STEP TEXT"}},
    {"decline",
     " accepted contact-attempt first-contact intake-planned no-show intake-done passed-on taking-part "
     "paused ",
     {"De stap is al aangenomen. Ziet de inwoner ervan af? wijzer report STAP client-withdrew --reason "
      "WAAROM",
      "The step was accepted already. Does the client not want it? wijzer report STEP client-withdrew "
      "--reason "
      "WHY"}},
    {"accept",
     " accepted contact-attempt first-contact intake-planned no-show intake-done passed-on taking-part "
     "paused ",
     {"De stap is al aangenomen.", "The step was accepted already."}},
    {"",
     " accepted waiting-list contact-attempt ",
     {"Meld eerst het eerste contact met de inwoner: wijzer report STAP first-contact",
      "Report the first contact with the client first: wijzer report STEP first-contact"}},
    {"",
     " no-show paused ",
     {"Meld eerst dat de inwoner meedoet: wijzer report STAP taking-part",
      "Report first that the client takes part: wijzer report STEP taking-part"}},
    {"",
     " done-goal-reached done-partly done-not-reached unreachable client-withdrew declined "
     "declined-forwarded "
     "withdrawn entered-in-error reassigned merged dropped offer-gone ",
     {"Deze stap is klaar. Is de hele verwijzing klaar, dan kan die weer open: wijzer reopen VERWIJZING "
      "--reason "
      "WAAROM",
      "This step has ended. If the whole referral has, it can be reopened: wijzer reopen REFERRAL --reason "
      "WHY"}},
};

const char *text_hint(struct arena *arena, enum language language, const char *command, struct slice state)
{
    if (!state.ptr)
        return NULL;
    const char *word = arena_printf(arena, " %.*s ", SLICE_FMT(state));
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if ((!*hints[i].command || strcmp(hints[i].command, command) == 0) && strstr(hints[i].states, word))
            return hints[i].in[language];
    return NULL;
}

/* ---- what a member or parameter should have been ---- */

static const struct phrase expectations[] = {
    {"text on one line, without control characters and hidden ones",
     {"tekst op één regel, zonder verborgen tekens",
      "text on one line, without control characters and hidden ones"}},
    {"text without control characters other than newline and tab, and without hidden ones",
     {"tekst zonder verborgen tekens",
      "text without control characters other than newline and tab, and without hidden ones"}},
    {"a mail address such as team@example.org",
     {"een e-mailadres, bijvoorbeeld team@example.org", "a mail address such as team@example.org"}},
    {"an address that begins with https://",
     {"een adres dat begint met https://, zonder naam of wachtwoord erin",
      "an address that begins with https://, without a name or password in it"}},
    {"an address of the public internet, none of this machine or of a private network",
     {"een adres op het openbare internet: niet deze computer en geen eigen netwerk",
      "an address of the public internet, none of this machine or of a private network"}},
    {"a date from today to ten years ahead",
     {"een dag van vandaag tot tien jaar verder", "a date from today to ten years ahead"}},
    {"a moment from now to ten years ahead; without a time a day is over at 17:00",
     {"een moment van nu tot tien jaar verder; zonder tijd is een dag om 17:00 voorbij",
      "a moment from now to ten years ahead; without a time a day is over at 17:00"}},
    {"today or a day that has been", {"vandaag of een dag die is geweest", "today or a day that has been"}},
    {"where the level is written: a title or an address",
     {"waar het staat, met --source: een titel of adres",
      "where the level is written: a title or an address"}},
    {"what is not known is written nowhere: leave it out",
     {"hoort niet bij none: laat --source weg", "what is not known is written nowhere: leave it out"}},
    {"not before the day on which it starts",
     {"niet voor de dag waarop hij begint", "not before the day on which it starts"}},
    {"a year that has begun", {"een jaar dat al is begonnen", "a year that has begun"}},
    {"a date of the calendar as YYYY-MM-DD, from 1900 on",
     {"een dag als jjjj-mm-dd, vanaf 1900", "a date of the calendar as YYYY-MM-DD, from 1900 on"}},
    {"a time of the day as HH:MM such as 14:00",
     {"een tijd als uu:mm, bijvoorbeeld 14:00", "a time of the day as HH:MM such as 14:00"}},
    {"the id of the signal at your system: letters, digits and - . _, a letter among them; nothing personal",
     {"het kenmerk daar: letters, cijfers en - . _ zonder spaties, met minstens één letter; niets over de "
      "persoon",
      "the id of the signal at your system: letters, digits and - . _, a letter among them; nothing "
      "personal"}},
    {"an email address: one @ with something on both sides",
     {"een e-mailadres, met één @ en iets ervoor en erachter",
      "an email address: one @ with something on both sides"}},
    {"a language code of two lower case letters (ISO 639-1)",
     {"een taalcode van twee kleine letters, bijvoorbeeld ti",
      "a language code of two lower case letters (ISO 639-1)"}},
    {"a code of lower case letters, digits and single dashes",
     {"een woord van kleine letters, cijfers en streepjes",
      "a code of lower case letters, digits and single dashes"}},
    {"not a cursor of this list", {"begin de lijst opnieuw", "not a cursor of this list"}},
    {"not an organisation of this region; GET /v1/vocabulary lists them",
     {"kies uit: wijzer vocabulary organisations", "choose from: wijzer vocabulary organisations"}},
    {"not an offering of this region; GET /v1/vocabulary lists them",
     {"kies uit: wijzer vocabulary offerings", "choose from: wijzer vocabulary offerings"}},
    {"not a state of this region; GET /v1/vocabulary lists them",
     {"kies uit: wijzer vocabulary states", "choose from: wijzer vocabulary states"}},
    {"not a decline code of this region; GET /v1/vocabulary lists them",
     {"kies uit: wijzer vocabulary decline-codes", "choose from: wijzer vocabulary decline-codes"}},
    {"one step comes in its place", {"er komt één stap voor in de plaats", "one step comes in its place"}},
    {"this region does not plan steps: it has no state \"planned\"",
     {"uw regio plant geen stappen na elkaar", "this region does not plan steps"}},
    {"fewer than three contact attempts: report them, or say why there is no more to try",
     {"er zijn nog geen drie pogingen; meld die, of zeg waarom er niets meer te proberen is",
      "fewer than three contact attempts: report them, or say why there is no more to try"}},
    {"attachment; filename=\"NAME\" or filename*=UTF-8''NAME, a name of 1 to 120 characters without a path",
     {"geef het bestand een andere naam: hooguit 120 letters, cijfers, spaties, streepjes en punten",
      "give the file another name: at most 120 letters, digits, spaces, dashes and dots"}},
};

/* "expected at most 2000 characters" and its like: the number is the service's. */
static const struct {
    const char *before, *behind;
    const char *lead[LANGUAGES], *end[LANGUAGES];
} counts[] = {
    {"expected at most ", " characters", {"hooguit ", "at most "}, {" tekens", " characters"}},
    {"expected at least ", " characters", {"minstens ", "at least "}, {" tekens", " characters"}},
    {"expected a number from ", "", {"een getal, van ", "a number from "}, {"", ""}},
};

static const char *count_expected(struct arena *arena, enum language language, const char *detail)
{
    size_t n = strlen(detail);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        size_t before = strlen(counts[i].before), behind = strlen(counts[i].behind);
        if (n <= before + behind || strncmp(detail, counts[i].before, before) != 0 ||
            strcmp(detail + n - behind, counts[i].behind) != 0)
            continue;
        const char *number = arena_text(arena, slice_make(detail + before, n - before - behind));
        const char *to = strstr(number, " to ");
        if (to && language == DUTCH)
            number = arena_printf(arena, "%.*s tot en met %s", (int)(to - number), number, to + 4);
        return arena_printf(arena, "%s%s%s", counts[i].lead[language], number, counts[i].end[language]);
    }
    return NULL;
}

const char *text_expected(struct arena *arena, enum language language, const char *detail)
{
    static const char before[] = "expected ", behind[] = "; it is empty";
    const char *count = count_expected(arena, language, detail);
    if (count)
        return count;
    const char *form = strncmp(detail, before, sizeof before - 1) == 0 ? detail + sizeof before - 1 : detail;
    size_t n = strlen(form), end = sizeof behind - 1;
    if (n > end && strcmp(form + n - end, behind) == 0)
        form = arena_text(arena, slice_make(form, n - end));
    return find(expectations, sizeof expectations / sizeof expectations[0], language, form);
}

static const struct phrase members[] = {
    {"/text", {"de tekst", "the text"}},
    {"/name", {"de naam", "the name"}},
    {"/address", {"het adres", "the address"}},
    {"/organisation", {"de organisatie", "the organisation"}},
    {"/account", {"het account", "the account"}},
    {"/offerings", {"het aanbod", "the offering"}},
    {"/branches", {"de takken", "the branches"}},
    {"/code", {"de reden van weigeren", "the decline code"}},
    {"/state", {"de status", "the state"}},
    {"/reason", {"de reden", "the reason"}},
    {"/date", {"de datum", "the date"}},
    {"/channel", {"de weg van het contact", "the channel"}},
    {"/group", {"de groep", "the group"}},
    {"/into", {"de verwijzing na --into", "the referral of --into"}},
    {"/score", {"het cijfer", "the score"}},
    {"/places", {"het aantal plekken", "the places"}},
    {"/capacity", {"de ruimte", "the room"}},
    {"/client", {"de gegevens van de inwoner", "the client's data"}},
    {"?cursor", {"het vervolg van de lijst", "the list's cursor"}},
    {"?organisation", {"de organisatie", "the organisation"}},
    {"?version", {"de versie", "the version"}},
    {"Content-Disposition", {"de naam van het bestand", "the name of the file"}},
};

const char *text_member(enum language language, const char *pointer)
{
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        size_t n = strlen(members[i].word);
        if (strncmp(pointer, members[i].word, n) == 0 && (pointer[n] == '\0' || pointer[n] == '/'))
            return members[i].in[language];
    }
    return NULL;
}
