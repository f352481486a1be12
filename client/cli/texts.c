#include "texts.h"

#include "amsterdam.h"

const char *text_template(enum language language, enum text text)
{
    static const char *const templates[TEXT_COUNT][LANGUAGES] = {
#define X(enumerator, dutch, english) [enumerator] = {dutch, english},
        TEXTS(X)
#undef X
    };
    return templates[text][language];
}

struct phrase {
    const char *word;
    const char *in[LANGUAGES];
};

static const struct phrase problems[] = {
    {"malformed-request",
     {"De dienst begreep het verzoek niet.", "The service did not understand the request."}},
    {"malformed-json", {"De invoer is geen goede JSON.", "The input is not valid JSON."}},
    {"invalid-parameter",
     {"Een keuze bij deze opdracht klopt niet.", "An option of this command is not right."}},
    {"invalid-body", {"Niet alles is goed ingevuld.", "Not everything is filled in correctly."}},
    {"mistyped-id", {"Het nummer is verkeerd overgenomen.", "The number is mistyped."}},
    {"idempotency-key-reused",
     {"Dit nummer is al gebruikt voor iets anders.", "This key was used for something else already."}},
    {"unknown-account",
     {"Wijzer kent u niet, of uw toegang is gestopt. Vraag de beheerder van uw regio.",
      "Wijzer does not know you, or your access has ended. Ask your region's steward."}},
    {"wrong-role", {"Dit hoort niet bij uw rol.", "This does not belong to your role."}},
    {"not-yours", {"Dit is niet aan u: een ander is aan zet.", "This is not yours to do."}},
    {"not-found", {"Dit bestaat niet, of het is niet voor u.", "This does not exist, or it is not for you."}},
    {"state-not-allowed",
     {"Dat kan niet in de status van dit moment.", "Not possible in the present state."}},
    {"not-publishable",
     {"Deze versie kan zo niet gepubliceerd worden.", "This version cannot be published like this."}},
    {"same-person",
     {"Een ander moet dit goedkeuren: niet wie de versie maakte of publiceerde, en ook niet wie door hen "
      "is uitgenodigd, een rol of een sleutel kreeg, of dat voor hen deed.",
      "Somebody else must approve this: not who made or published the version, nor whom they invited, raised "
      "to a role or gave a key, nor who did so for them."}},
    {"not-shared",
     {"De uitleg noemt gegevens die de cliënt niet met u deelt.",
      "The explanation tells what the client does not share with you."}},
    {"code-refused",
     {"De code is niet goed: niet bekend, al gebruikt, ingetrokken of verlopen. Na tien foute codes gaat het "
      "slot een "
      "uur dicht. Vraag de beheerder van uw regio om een nieuwe.",
      "The code is not good: not known, used, withdrawn or expired. After ten wrong codes it is locked for "
      "an hour. Ask "
      "your region's steward for a new one."}},
    {"already-taken", {"Dit is al van iemand anders.", "This is somebody else's already."}},
    {"offer-taken",
     {"Een ander was u voor: dit aanbod is al vergeven. U hoeft niets te doen.",
      "Somebody else took this offer first. There is nothing to do."}},
    {"version-conflict", {"Iemand was u voor.", "Somebody was first."}},
    {"body-too-large", {"Het is te veel tekst.", "It is too much text."}},
    {"too-many-requests",
     {"U vraagt te veel achter elkaar. Wacht even.", "You ask too much in a row. Wait a moment."}},
    {"internal", {"Er ging bij de dienst iets mis.", "Something went wrong in the service."}},
    {"busy", {"De dienst is te druk.", "The service is too busy."}},
    {"database-away", {"De dienst kan nu niet bij de gegevens.", "The service cannot reach its data now."}},
    {"outcome-uncertain",
     {"Het is niet zeker of dit is verwerkt.", "It is not certain whether this was done."}},
    {"draining", {"De dienst stopt of start opnieuw.", "The service is stopping or restarting."}},
    {"keys-not-loaded",
     {"De dienst heeft de nieuwe sleutels van uw regio nog niet.",
      "The service does not have your region's new keys yet."}},
    {"virus-found",
     {"De virusscanner vond iets in dit bestand. Het is niet toegevoegd.",
      "The virus scanner found something in this file. It was not added."}},
    {"scanner-away",
     {"De virusscanner is er nu niet. Het bestand is niet toegevoegd; probeer het straks weer.",
      "The virus scanner is away. The file was not added; try again later."}},
    {"no-rule-table",
     {"Uw regio heeft nog geen regels om te verwijzen.", "Your region has no rules for referring yet."}},
};

static const struct phrase issues[] = {
    {"required", {"ontbreekt", "is missing"}},
    {"unknown-field", {"bestaat niet", "does not exist"}},
    {"type", {"is van de verkeerde soort", "is of the wrong kind"}},
    {"too-long", {"is te lang", "is too long"}},
    {"too-short", {"is te kort", "is too short"}},
    {"too-many", {"is te vaak ingevuld", "is given too often"}},
    {"too-few", {"is te weinig ingevuld", "is given too few times"}},
    {"pattern", {"heeft niet de goede vorm", "does not have the right form"}},
    {"range", {"ligt buiten wat kan", "is out of range"}},
    {"control-character", {"heeft een teken dat niet kan", "holds a character that is not possible"}},
    {"not-a-date", {"is geen datum", "is not a date"}},
    {"unknown-word", {"is een onbekend woord", "is an unknown word"}},
    {"not-taken", {"mag hier niet worden gegeven", "may not be given here"}},
    {"conflict", {"kan niet samen met de rest", "does not go with the rest"}},
    {"duplicate", {"staat er twee keer", "is given twice"}},
    {"contradiction", {"gaat niet samen met iets anders", "does not go together with something else"}},
};

/* What the service says of some cases (daemon/app), by its own words. */
static const struct phrase details[] = {
    {"The step is at this offering already. Name another one.",
     {"De stap ligt al bij dit aanbod. Noem een ander aanbod.",
      "The step is at this offering already. Name another one."}},
    {"A group starts today or later. One that people may join while it goes on (rolling) may have begun.",
     {"Een groep begint vandaag of later: kijk of het jaar klopt. Alleen een groep waar mensen steeds bij "
      "kunnen "
      "(--rolling) mag al begonnen zijn.",
      "A group starts today or later: see whether the year is right. Only one that people may join while it "
      "goes on "
      "(--rolling) may have begun."}},
    {"The group would have ended already.",
     {"De groep zou dan al voorbij zijn: kijk of het jaar klopt.",
      "The group would have ended already: see whether the year is right."}},
    {"Who is full or paused has no places, and who is open has at least one. Say one or the other.",
     {"Dat spreekt elkaar tegen: wie vol is of even is gestopt heeft geen plekken, en bij open is er "
      "minstens één.",
      "That contradicts itself: who is full or paused has no places, and who is open has at least one."}},
    {"That day is still to come.", {"Die dag moet nog komen.", "That day is still to come."}},
    {"There was no group on that day: it has not started yet, or had ended.",
     {"Op die dag was er geen groep: zij is nog niet begonnen, of was al voorbij.",
      "There was no group on that day: it has not started yet, or had ended."}},
    {"On that day this step had no place in the group yet.",
     {"Op die dag had deze stap nog geen plek in de groep.",
      "On that day this step had no place in the group yet."}},
    {"A signal with this reference was received before, and it said something else. Nothing was stored: give "
     "each "
     "signal a reference of its own.",
     {"Met dit nummer (--signal) kwam al een ander signaal binnen. Er is niets bewaard: geef elk "
      "signaal een "
      "eigen nummer.",
      "Another signal came with this reference (--signal) before. Nothing was stored: give each signal a "
      "number of "
      "its own."}},
    {"Somebody of this organisation has this name, or had it. Choose another.",
     {"Bij deze organisatie heet al iemand zo, of heette iemand zo. Kies een andere --name.",
      "Somebody of this organisation has this name, or had it. Choose another --name."}},
    {"There is an open invitation for this name. Withdraw it first.",
     {"Er staat nog een uitnodiging open voor deze naam. Trek die eerst in: wijzer invitations",
      "There is an open invitation for this name. Withdraw it first: wijzer invitations"}},
    {"This issuer and name stand for another account already.",
     {"Deze naam van deze CA hoort al bij een ander account.",
      "This name of this CA stands for another account already."}},
    {"This invitation was used, or has expired.",
     {"Deze uitnodiging is gebruikt, of verlopen.", "This invitation was used, or has expired."}},
    {"The step has ended: nothing is promised or set in it any more.",
     {"Deze stap is klaar: er wordt niets meer beloofd of afgesproken.",
      "The step has ended: nothing is promised or set in it any more."}},
    {"The archive is damaged, or something stands before or behind it.",
     {"Dit document is beschadigd, of er staat nog iets voor of achter.",
      "The archive is damaged, or something stands before or behind it."}},
    {"The archive is encrypted.",
     {"Dit document is met een wachtwoord beveiligd. Haal het wachtwoord er eerst af.",
      "The archive is encrypted."}},
    {"The archive holds what a document does not.",
     {"In dit document zit iets wat er niet in hoort.", "The archive holds what a document does not."}},
    {"The content is not that of the declared type.",
     {"Dit bestand is niet wat de naam zegt.", "The content is not that of the declared type."}},
    {"The document holds macros, or what such a document does not.",
     {"In dit document zitten macro's. Sla het op zonder macro's.",
      "The document holds macros, or what such a document does not."}},
    {"The document is too large when it is unpacked.",
     {"Dit document is uitgepakt te groot.", "The document is too large when it is unpacked."}},
    {"The file is an archive besides.",
     {"Er zit een tweede bestand in dit bestand.", "The file is an archive besides."}},
    {"Something stands behind the end of the file.",
     {"Achter het eind van dit bestand staat nog iets.", "Something stands behind the end of the file."}},
    {"The picture is damaged.", {"Deze afbeelding is beschadigd.", "The picture is damaged."}},
    {"The text is not UTF-8.", {"Deze tekst is niet in UTF-8 opgeslagen.", "The text is not UTF-8."}},
    {"The text holds control characters.",
     {"In deze tekst zitten tekens die niet kunnen.", "The text holds control characters."}},
    {"The text is a page or a program.",
     {"Dit is geen gewone tekst, maar een webpagina of een programma.", "The text is a page or a program."}},
    {"The name does not end as files of the declared type do.",
     {"De naam van het bestand past niet bij wat het is.",
      "The name does not end as files of the declared type do."}},
    {"The file is empty.", {"Dit bestand is leeg.", "The file is empty."}},
    {"This step holds as much as it can: 1,000 messages, 20 files.",
     {"Bij deze stap kan er niets meer bij: 1.000 berichten of 20 bijlagen.",
      "This step holds as much as it can: 1,000 messages, 20 files."}},
    {"Too many files come or go at this moment. Try again after the time in Retry-After.",
     {"Er worden nu te veel bestanden verstuurd. Probeer het straks weer.",
      "Too many files come or go at this moment. Try again after the time in Retry-After."}},
    {"Accept the step first: places are for who was taken on.",
     {"Neem de stap eerst aan: een plek is voor wie is aangenomen.",
      "Accept the step first: places are for who was taken on."}},
    {"This is no group of the organisation that owns the step.",
     {"Deze groep hoort niet bij de organisatie van de stap.",
      "This is no group of the organisation that owns the step."}},
    {"This step has a place in this group, or stands in its line.",
     {"Deze stap heeft al een plek in deze groep, of staat op de wachtlijst.",
      "This step has a place in this group, or stands in its line."}},
    {"This step has a place in another group. Give that one up first.",
     {"Deze stap heeft een plek in een andere groep. Geef die eerst terug: wijzer places leave STAP",
      "This step has a place in another group. Give that one up first."}},
    {"Nobody joins this group any more: it has begun, or was called off.",
     {"Bij deze groep kan niemand meer bij: hij is begonnen, of gaat niet door.",
      "Nobody joins this group any more: it has begun, or was called off."}},
    {"The group has fewer places than these persons need.",
     {"De groep heeft minder plekken dan deze personen nodig hebben.",
      "The group has fewer places than these persons need."}},
    {"No place is kept for this step. Say in which group it would have one.",
     {"Voor deze stap is geen plek vrijgehouden. Zeg in welke groep: --group",
      "No place is kept for this step. Say in which group it would have one."}},
    {"This step has no place in a group.",
     {"Deze stap heeft geen plek in een groep.", "This step has no place in a group."}},
    {"This group was called off.", {"Deze groep gaat niet door.", "This group was called off."}},
    {"More places than that are taken, or somebody in line needs more.",
     {"Er zijn al meer plekken bezet, of iemand op de wachtlijst heeft er meer nodig.",
      "More places than that are taken, or somebody in line needs more."}},
    {"That day is no working day already: a weekend or a public holiday.",
     {"Op die dag werkt al niemand: het is weekend of een feestdag.",
      "That day is no working day already: a weekend or a public holiday."}},
    {"Only today, and days within ten years from now, are closed or opened.",
     {"Dit kan alleen voor vandaag en voor dagen in de komende tien jaar.",
      "Only today, and days within ten years from now, are closed or opened."}},
    {"The region is closed on that day already.",
     {"De regio is op die dag al gesloten.", "The region is closed on that day already."}},
    {"The region is not closed on that day by its own choice.",
     {"De regio heeft die dag niet zelf gesloten.", "The region did not close that day itself."}},
    {"The group would end before it starts.",
     {"De groep zou eindigen voor hij begint.", "The group would end before it starts."}},
    {"There is no place for this step in the group now. With wait it stands in its line.",
     {"Er is nu geen plek in deze groep. Op de wachtlijst kan met: --wait",
      "There is no place for this step in the group now. With --wait it stands in its line."}},
    {"Only who works for the organisation of an offering, or a coordinator, says what there is.",
     {"Alleen wie bij de organisatie van dit aanbod werkt, of de ketenregie, zegt dit.",
      "Only who works for the organisation of an offering, or a coordinator, says what there is."}},
    {"Only who works for the organisation that owns the step finds it a place.",
     {"Alleen wie bij de organisatie van de stap werkt, regelt een plek.",
      "Only who works for the organisation that owns the step finds it a place."}},
    {"Nobody has promised to call back in this step.",
     {"In deze stap is niet beloofd terug te bellen.", "Nobody has promised to call back in this step."}},
    {"This offer is over: it was withdrawn, or its time has run out.",
     {"Dit aanbod is vervallen: het is ingetrokken, of de tijd is om.",
      "This offer is over: it was withdrawn, or its time has run out."}},
    {"Who does not know the client declines an offer for reasons of their own: choose a code such as "
     "capacity, not-fitting or outside-area.",
     {"U kent de inwoner nog niet. Weiger een aanbod om een reden van uzelf, bijvoorbeeld capacity, "
      "not-fitting of outside-area.",
      "You do not know the client yet. Decline an offer for a reason of your own, such as capacity, "
      "not-fitting or outside-area."}},
    {"The coordination has this step already.",
     {"De ketenregie heeft deze stap al.", "The coordination has this step already."}},
    {"This referral has not ended: steps of it are still open.",
     {"Deze verwijzing is nog niet klaar: er staan nog stappen open.",
      "This referral has not ended: steps of it are still open."}},
    {"The data of this client are locked. Unlock them first, if the client wants that.",
     {"De gegevens van deze inwoner staan op slot. Haal ze er eerst af, als de inwoner dat wil.",
      "The data of this client are locked. Unlock them first, if the client wants that."}},
    {"This client was forgotten: there is nothing left to do this to.",
     {"Deze inwoner is vergeten: er is niets meer om dit mee te doen.",
      "This client was forgotten: there is nothing left to do this to."}},
    {"This is the only steward of the region. Make somebody else steward first.",
     {"Dit is de enige beheerder van de regio. Maak eerst iemand anders beheerder.",
      "This is the only steward of the region. Make somebody else steward first."}},
};

static const char *find_phrase(const struct phrase *list, size_t count, enum language language,
                               const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].word, word) == 0)
            return list[i].in[language];
    return NULL;
}

const char *text_problem(enum language language, const char *word)
{
    return find_phrase(problems, sizeof problems / sizeof problems[0], language, word);
}

const char *text_issue(enum language language, const char *code)
{
    return find_phrase(issues, sizeof issues / sizeof issues[0], language, code);
}

const char *text_detail(enum language language, const char *detail)
{
    const char *known = find_phrase(details, sizeof details / sizeof details[0], language, detail);
    return known ? known : text_refusal(language, detail);
}

static const char *const weekdays[LANGUAGES][7] = {
    {"zondag", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag"},
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
};

static const char *const months[LANGUAGES][12] = {
    {"januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober",
     "november", "december"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
     "November", "December"},
};

const char *text_when(struct arena *arena, enum language language, int64_t at, int64_t now)
{
    struct wall_time t = amsterdam_time(at);
    const char *year =
        t.year == amsterdam_time(now).year ? "" : arena_printf(arena, " %lld", (long long)t.year);
    return arena_printf(arena, "%s %u %s%s %02u:%02u", weekdays[language][t.weekday], t.day,
                        months[language][t.month - 1], year, t.hour, t.minute);
}

const char *text_when_short(struct arena *arena, int64_t at)
{
    struct wall_time t = amsterdam_time(at);
    return arena_printf(arena, "%02u-%02u-%04lld %02u:%02u", t.day, t.month, (long long)t.year, t.hour,
                        t.minute);
}

const char *text_day(struct arena *arena, enum language language, int64_t at)
{
    struct wall_time t = amsterdam_time(at);
    return arena_printf(arena, "%u %s %lld", t.day, months[language][t.month - 1], (long long)t.year);
}
