#include "commands.h"

#include "program.h"
#include "suggest.h"

#define REFERRAL_FLAGS                                                                                       \
    FLAG_DOMAIN, FLAG_BIRTH_YEAR, FLAG_AREA, FLAG_NAME, FLAG_PHONE, FLAG_EMAIL, FLAG_LANGUAGE, FLAG_ICPC,    \
        FLAG_URGENCY, FLAG_TEXT, FLAG_FILE, FLAG_DRY_RUN

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
    if (options->word_count > command->most)
        return complain(complaint, SAY_TOO_MANY_WORDS, options->words[command->most], command->name,
                        synopsis);
    if (options->word_count < command->least)
        return complain(complaint, SAY_MISSING, command->name, synopsis, NULL);
    return true;
}
