#include "commands.h"

#include "program.h"
#include "suggest.h"

#define REFERRAL_FLAGS                                                                                       \
    FLAG_DOMAIN, FLAG_BIRTH_YEAR, FLAG_AREA, FLAG_NAME, FLAG_PHONE, FLAG_EMAIL, FLAG_LANGUAGE, FLAG_ICPC,    \
        FLAG_URGENCY, FLAG_MOBILITY, FLAG_DIGITAL_SKILL, FLAG_LVB, FLAG_OCCUPATION, FLAG_HOUSEHOLD,          \
        FLAG_TEXT, FLAG_SHARE, FLAG_FILE, FLAG_DRY_RUN

const struct command commands[] = {
    {"refer",
     {"--domain LEEFGEBIED --birth-year JAAR --area GEBIED --name NAAM --phone NUMMER [--text TEKST]",
      "--domain DOMAIN --birth-year YEAR --area AREA --name NAME --phone NUMBER [--text TEXT]"},
     {"verwijs een inwoner", "refer a client"},
     0,
     0,
     {REFERRAL_FLAGS},
     OWN_FIRST,
     run_refer},
    {"inbox",
     {"", ""},
     {"wat u moet doen, het dringendste eerst", "what is yours to do, most urgent first"},
     0,
     0,
     {FLAG_LIMIT},
     ONLINE,
     run_inbox},
    {"show",
     {"NUMMER", "ID"},
     {"een verwijzing of stap met alles wat er gebeurde", "a referral or step with all that happened"},
     1,
     1,
     {FLAG_END},
     ONLINE,
     run_show},
    {"accept",
     {"STAP [--text TEKST]", "STEP [--text TEXT]"},
     {"neem een stap aan", "accept a step"},
     1,
     1,
     {FLAG_TEXT},
     ONLINE,
     run_accept},
    {"decline",
     {"STAP REDEN [--text TEKST] [--to AANBOD]", "STEP CODE [--text TEXT] [--to OFFERING]"},
     {"weiger een stap, met reden", "decline a step, with a code"},
     1,
     2,
     {FLAG_CODE, FLAG_TEXT, FLAG_TO},
     ONLINE,
     run_decline},
    {"report",
     {"STAP STATUS [TEKST]", "STEP STATE [TEXT]"},
     {"meld hoe het gaat met een stap", "report how a step is going"},
     1,
     3,
     {FLAG_STATE, FLAG_TEXT, FLAG_REASON, FLAG_DATE, FLAG_CHANNEL, FLAG_TO},
     ONLINE,
     run_report},
    {"complete",
     {"STAP [--outcome AFLOOP] [--text TEKST]", "STEP [--outcome OUTCOME] [--text TEXT]"},
     {"rond een stap af", "complete a step"},
     1,
     1,
     {FLAG_OUTCOME, FLAG_TEXT, FLAG_REASON},
     ONLINE,
     run_complete},
    {"answer",
     {"STAP TEKST", "STEP TEXT"},
     {"beantwoord een vraag van de uitvoerder", "answer a question of the worker"},
     1,
     2,
     {FLAG_TEXT},
     ONLINE,
     run_answer},
    {"feedback",
     {"[--unread]", "[--unread]"},
     {"wat u terughoorde", "what came back to you"},
     0,
     0,
     {FLAG_UNREAD, FLAG_LIMIT},
     ONLINE,
     run_feedback},
    {"feedback open",
     {"NUMMER", "ID"},
     {"lees een terugkoppeling en meld dat u die las", "read a feedback and say that you did"},
     1,
     1,
     {FLAG_END},
     ONLINE,
     run_feedback_open},
    {"chain",
     {"[--overdue] [--organisation ORGANISATIE] [--status open|closed]",
      "[--overdue] [--organisation ORGANISATION] [--status open|closed]"},
     {"alle verwijzingen: wie is aan zet, en wanneer", "all referrals: who is next to act, by when"},
     0,
     0,
     {FLAG_OVERDUE, FLAG_ORGANISATION, FLAG_STATUS, FLAG_LIMIT},
     ONLINE,
     run_chain},
    {"check",
     {"", ""},
     {"controleer de afspraken I1 tot en met I8", "check the invariants I1 to I8"},
     0,
     0,
     {FLAG_END},
     ONLINE,
     run_check},
    {"sync",
     {"", ""},
     {"verstuur wat nog te wachten staat", "send what is still waiting"},
     0,
     0,
     {FLAG_END},
     SENDS_SPOOL,
     run_sync},
    {"vocabulary",
     {"[domains|states|decline-codes|offerings|organisations]",
      "[domains|states|decline-codes|offerings|organisations]"},
     {"de woorden van uw regio", "the words of your region"},
     0,
     1,
     {FLAG_END},
     ONLINE,
     run_vocabulary},
    {"rules",
     {"", ""},
     {"de zeven tabellen met regels", "the seven tables of rules"},
     0,
     0,
     {FLAG_END},
     ONLINE,
     run_rules_list},
    {"rules list",
     {"", ""},
     {"welke versie van elke tabel geldt, en welke concepten er zijn",
      "which version of each table is in force, and the drafts"},
     0,
     0,
     {FLAG_END},
     ONLINE,
     run_rules_list},
    {"rules show",
     {"TABEL [--version NUMMER]", "TABLE [--version NUMBER]"},
     {"de regels van een tabel in gewone woorden", "the rules of a table in plain words"},
     1,
     1,
     {FLAG_VERSION},
     PATIENT,
     run_rules_show},
    {"rules edit",
     {"TABEL [--file BESTAND] [--version NUMMER] [--note TEKST]",
      "TABLE [--file FILE] [--version NUMBER] [--note TEXT]"},
     {"wijzig een tabel in uw eigen editor; maakt een concept",
      "change a table in your editor; makes a draft"},
     1,
     1,
     {FLAG_FILE, FLAG_VERSION, FLAG_NOTE, FLAG_DECISION},
     PATIENT,
     run_rules_edit},
    {"rules import",
     {"BESTAND.csv|BESTAND.dmn [--table TABEL] [--decision NAAM] [--note TEKST]",
      "FILE.csv|FILE.dmn [--table TABLE] [--decision NAME] [--note TEXT]"},
     {"maak een concept van een bestand", "make a draft of a file"},
     1,
     1,
     {FLAG_TABLE, FLAG_DECISION, FLAG_NOTE},
     PATIENT,
     run_rules_import},
    {"rules export",
     {"TABEL [--version NUMMER] [--csv|--dmn] [--output BESTAND]",
      "TABLE [--version NUMBER] [--csv|--dmn] [--output FILE]"},
     {"schrijf een tabel naar een bestand", "write a table to a file"},
     1,
     1,
     {FLAG_VERSION, FLAG_CSV, FLAG_DMN, FLAG_OUTPUT},
     PATIENT,
     run_rules_export},
    {"rules check",
     {"[TABEL] [--draft NUMMER]", "[TABLE] [--draft NUMBER]"},
     {"zoek gaten, dubbele regels en andere fouten", "look for gaps, overlaps and other mistakes"},
     0,
     1,
     {FLAG_DRAFT},
     PATIENT,
     run_rules_check},
    {"rules try",
     {"--draft NUMMER --since DATUM [--until DATUM]", "--draft NUMBER --since DATE [--until DATE]"},
     {"wie zou met dit concept ergens anders heen zijn gegaan",
      "who would have gone elsewhere by this draft"},
     0,
     0,
     {FLAG_DRAFT, FLAG_SINCE, FLAG_UNTIL, FLAG_LIMIT},
     PATIENT,
     run_rules_try},
    {"rules publish",
     {"VERSIE [--acknowledge NAAM] [--from DATUM]", "VERSION [--acknowledge NAME] [--from DATE]"},
     {"vraag publicatie van een concept aan", "ask for the publication of a draft"},
     1,
     1,
     {FLAG_ACKNOWLEDGE, FLAG_FROM},
     PATIENT,
     run_rules_publish},
    {"rules approve",
     {"VERSIE", "VERSION"},
     {"keur goed wat een ander aanvroeg", "approve what somebody else asked for"},
     1,
     1,
     {FLAG_END},
     PATIENT,
     run_rules_approve},
    {"rules discard",
     {"VERSIE", "VERSION"},
     {"gooi een concept weg", "discard a draft"},
     1,
     1,
     {FLAG_END},
     PATIENT,
     run_rules_discard},
    {"rules rollback",
     {"[TABEL]", "[TABLE]"},
     {"zet de vorige versie terug", "put the version before back in force"},
     0,
     1,
     {FLAG_END},
     PATIENT,
     run_rules_rollback},
    {"rules explain",
     {"VERWIJZING [--why-not AANBOD] [--what-if FEIT=WAARDE]",
      "REFERRAL [--why-not OFFERING] [--what-if FACT=VALUE]"},
     {"waarom een verwijzing ging waar ze ging", "why a referral went where it went"},
     1,
     1,
     {FLAG_WHY_NOT, FLAG_WHAT_IF},
     ONLINE,
     run_rules_explain},
    {"rules eval",
     {"BESTAND.dmn|BESTAND.csv [--decision NAAM] --facts FEITEN.json",
      "FILE.dmn|FILE.csv [--decision NAME] --facts FACTS.json"},
     {"probeer een beslistabel uit een bestand", "try a decision table of a file"},
     1,
     1,
     {FLAG_DECISION, FLAG_FACTS},
     LOCAL,
     run_rules_eval},
    {"invite",
     {"--organisation ORGANISATIE --role ROL --name NAAM | --account ACCOUNT",
      "--organisation ORGANISATION --role ROLE --name NAME | --account ACCOUNT"},
     {"nodig iemand uit: geeft een code die één keer werkt", "invite somebody: gives a code that works once"},
     0,
     0,
     {FLAG_ORGANISATION, FLAG_ROLE, FLAG_NAME, FLAG_ACCOUNT},
     ONLINE,
     run_invite},
    {"invitations",
     {"", ""},
     {"wie er is uitgenodigd", "who was invited"},
     0,
     0,
     {FLAG_END},
     ONLINE,
     run_invitations},
    {"invitations withdraw",
     {"NUMMER", "ID"},
     {"trek een uitnodiging in", "withdraw an invitation"},
     1,
     1,
     {FLAG_END},
     ONLINE,
     run_invitations_withdraw},
    {"enroll",
     {"ADRES[:POORT] CODE --pin PIN|--ca BESTAND [--profile MAP]",
      "HOST[:PORT] CODE --pin PIN|--ca FILE [--profile DIR]"},
     {"doe mee met een code: maakt uw sleutel en uw profiel",
      "join with a code: makes your key and your profile"},
     2,
     2,
     {FLAG_PIN, FLAG_CA},
     LOCAL,
     run_enroll},
    {"renew",
     {"", ""},
     {"vernieuw uw certificaat; gaat ook vanzelf", "renew your certificate; happens by itself too"},
     0,
     0,
     {FLAG_END},
     ONLINE,
     run_renew},
    {"accounts", {"", ""}, {"wie toegang heeft", "who has access"}, 0, 0, {FLAG_END}, ONLINE, run_accounts},
    {"account end",
     {"ACCOUNT", "ACCOUNT"},
     {"neem iemand de toegang af", "end somebody's access"},
     1,
     1,
     {FLAG_END},
     ONLINE,
     run_account_end},
    {"account role",
     {"ACCOUNT ROL", "ACCOUNT ROLE"},
     {"geef iemand een andere rol", "give somebody another role"},
     2,
     2,
     {FLAG_END},
     ONLINE,
     run_account_role},
    {"account revoke",
     {"ACCOUNT [--serial SERIENUMMER [--issuer VINGERAFDRUK]] [--reason REDEN]",
      "ACCOUNT [--serial SERIAL [--issuer FINGERPRINT]] [--reason REASON]"},
     {"trek certificaten in, bijvoorbeeld als een sleutel kwijt is",
      "revoke certificates, as when a key is lost"},
     1,
     1,
     {FLAG_SERIAL, FLAG_ISSUER, FLAG_REASON},
     ONLINE,
     run_account_revoke},
    {"identity add",
     {"ACCOUNT NAAM --ca BESTAND|--issuer VINGERAFDRUK", "ACCOUNT SAN --ca FILE|--issuer FINGERPRINT"},
     {"laat iemand binnen met een certificaat van een andere CA",
      "let somebody in by a certificate of another CA"},
     2,
     2,
     {FLAG_CA, FLAG_ISSUER},
     ONLINE,
     run_identity_add},
    {"consent show",
     {"INWONER|VERWIJZING", "CLIENT|REFERRAL"},
     {"wie wat van een inwoner mag zien, en bij een verwijzing: wat zij zien",
      "who may see what of a client, and of a referral: what they see"},
     1,
     1,
     {FLAG_END},
     ONLINE,
     run_consent_show},
    {"consent preview",
     {"--domain LEEFGEBIED ... [--share WIE=GEGEVENS]", "--domain DOMAIN ... [--share WHO=DATA]"},
     {"wat zij zouden zien; met dezelfde vlaggen als refer, er wordt niets verstuurd",
      "what they would see; with the flags of refer, nothing is sent"},
     0,
     0,
     {REFERRAL_FLAGS},
     OWN_FIRST,
     run_consent_preview},
    {"consent change",
     {"INWONER --share WIE=GEGEVENS", "CLIENT --share WHO=DATA"},
     {"leg vast wie wat mag zien: dit en niets anders", "record who may see what: this and nothing else"},
     1,
     1,
     {FLAG_SHARE},
     ONLINE,
     run_consent_change},
    {"consent withdraw",
     {"INWONER [--organisation ORGANISATIE | --kind SOORT]",
      "CLIENT [--organisation ORGANISATION | --kind KIND]"},
     {"trek toestemming in: alles, of van een organisatie of soort",
      "withdraw consent: all of it, or from an organisation or a kind"},
     1,
     1,
     {FLAG_ORGANISATION, FLAG_KIND},
     ONLINE,
     run_consent_withdraw},
    {"client find",
     {"--name NAAM --birth-year JAAR | --phone NUMMER | --email ADRES",
      "--name NAME --birth-year YEAR | --phone NUMBER | --email ADDRESS"},
     {"zoek een inwoner", "look for a client"},
     0,
     0,
     {FLAG_NAME, FLAG_BIRTH_YEAR, FLAG_PHONE, FLAG_EMAIL},
     ONLINE,
     run_client_find},
    {"access-log",
     {"INWONER | [--since DATUM] [--until DATUM] [--account MEDEWERKER] [--client INWONER] [--format VORM]",
      "CLIENT | [--since DATE] [--until DATE] [--account ACCOUNT] [--client CLIENT] [--format FORMAT]"},
     {"wie zag of veranderde wat, en op welke grond", "who saw or changed what, and on which ground"},
     0,
     1,
     {FLAG_SINCE, FLAG_UNTIL, FLAG_ACCOUNT, FLAG_CLIENT, FLAG_FORMAT, FLAG_LIMIT},
     PATIENT,
     run_access_log},
    {"whoami",
     {"", ""},
     {"wie u bent voor Wijzer", "who you are to Wijzer"},
     0,
     0,
     {FLAG_END},
     ONLINE,
     run_whoami},
    {"version",
     {"", ""},
     {"versie van dit programma", "version of this program"},
     0,
     0,
     {FLAG_END},
     LOCAL,
     run_version},
    {"help",
     {"[OPDRACHT | exit-codes | completion]", "[COMMAND | exit-codes | completion]"},
     {"uitleg", "this help"},
     0,
     2,
     {FLAG_END},
     LOCAL,
     run_help},
};
const size_t command_count = sizeof commands / sizeof commands[0];

const struct command *command_find(const char *const *words, size_t count, size_t *used)
{
    const struct command *found = NULL;
    *used = 0;
    for (size_t i = 0; i < command_count; i++) {
        struct slice rest = slice_of(commands[i].name);
        size_t matched = 0;
        while (rest.ptr && matched < count && slice_is(slice_cut(&rest, ' '), words[matched]))
            matched++;
        /* All words of the name were there exactly when nothing of it remains and none failed. */
        size_t length = 1 + (strchr(commands[i].name, ' ') != NULL);
        if (matched == length && matched > *used) {
            found = &commands[i];
            *used = matched;
        }
    }
    return found;
}

const char *command_suggest(const char *word, struct arena *arena)
{
    const char **names = arena_array(arena, command_count, sizeof *names);
    for (size_t i = 0; i < command_count; i++)
        names[i] = strchr(commands[i].name, ' ') ? NULL : commands[i].name;
    return suggest_word(word, names, command_count);
}

static const char *suggest_flag(const struct command *command, const char *typed)
{
    const char *names[FLAG_COUNT] = {0};
    for (enum flag flag = FLAG_END + 1; flag < FLAG_COUNT; flag++)
        if (flag <= FLAG_LAST_GLOBAL || flag_among(command->flags, flag))
            names[flag] = flag_kind(flag)->name;
    return suggest_word(typed, names, FLAG_COUNT);
}

/* The second word of "feedback open" that was perhaps meant, where there are such commands. */
static bool is_second_word(const struct command *command, const char *word, struct complaint *complaint)
{
    const char *names[64] = {0};
    size_t count = 0, length = strlen(command->name);
    for (size_t i = 0; i < command_count && count < 64; i++)
        if (strncmp(commands[i].name, command->name, length) == 0 && commands[i].name[length] == ' ')
            names[count++] = commands[i].name + length + 1;
    if (count == 0 || command->most > 0)
        return false;
    *complaint = (struct complaint){.text = SAY_UNKNOWN_SECOND,
                                    .values = {command->name, word},
                                    .meant = suggest_word(word, names, count)};
    return true;
}

static bool complain(struct complaint *complaint, enum text text, const char *first, const char *second,
                     const char *third)
{
    *complaint = (struct complaint){.text = text, .values = {first, second, third}};
    return false;
}

static bool check_flags(const struct command *command, const struct options *options, const char *unknown,
                        struct complaint *complaint)
{
    if (unknown) {
        complain(complaint, SAY_UNKNOWN_FLAG, unknown, command->name, NULL);
        complaint->meant = suggest_flag(command, unknown);
        return false;
    }
    for (enum flag flag = FLAG_LAST_GLOBAL + 1; flag < FLAG_COUNT; flag++)
        if (option_given(options, flag) && !flag_among(command->flags, flag))
            return complain(complaint, SAY_FLAG_ELSEWHERE, flag_kind(flag)->name, command->name, NULL);
    return true;
}

bool command_check(const struct command *command, size_t used, struct options *options, const char *unknown,
                   enum language language, struct complaint *complaint)
{
    const char *synopsis = command->arguments[language];
    if (!check_flags(command, options, unknown, complaint))
        return false;
    options->word_count -= used;
    memmove(options->words, options->words + used, options->word_count * sizeof options->words[0]);
    if (option_given(options, FLAG_HELP))
        return true;
    if (options->word_count > command->most &&
        is_second_word(command, options->words[command->most], complaint))
        return false;
    if (options->word_count > command->most)
        return complain(complaint, SAY_TOO_MANY_WORDS, options->words[command->most], command->name,
                        synopsis);
    if (options->word_count < command->least)
        return complain(complaint, SAY_MISSING, command->name, synopsis, NULL);
    return true;
}
