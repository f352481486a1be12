#include "outcome.h"

static const struct {
    const char *word;
    enum err_code code;
    const char *detail;
} refusals[] = {
    {"not-found", ERR_NOT_FOUND, NULL},
    {"key-reused", ERR_KEY_REUSED, NULL},
    {"account-unknown", ERR_UNKNOWN_ACCOUNT, NULL},
    {"not-yours", ERR_WRONG_ROLE, NULL},
    {"same-person", ERR_SAME_PERSON,
     "Somebody else must do this: not who asked for it, did it or is in it, nor whom they invited, raised to "
     "a role or gave a key, nor who did so for them."},
    {"still-open", ERR_STATE_NOT_ALLOWED,
     "Somebody is still at work for this client. Withdraw the referral first, or wait until it is done."},
    {"awaits-review", ERR_STATE_NOT_ALLOWED,
     "Somebody used the emergency button for this client, and nobody has reviewed it yet."},
    {"erased", ERR_STATE_NOT_ALLOWED, "This client was forgotten: there is nothing left to do this to."},
    {"changed-meanwhile", ERR_STATE_NOT_ALLOWED,
     "Somebody else corrected this client at the same moment. Look at what it is now, and try again."},
    {"not-ended", ERR_STATE_NOT_ALLOWED, "This referral has not ended: steps of it are still open."},
    {"restricted", ERR_STATE_NOT_ALLOWED,
     "The data of this client are locked. Unlock them first, if the client wants that."},
    {"offering-unknown", ERR_BUSY, NULL},
    {"into-unknown", ERR_STATE_NOT_ALLOWED, "The referral in which it would go on is not there."},
    {"same-referral", ERR_STATE_NOT_ALLOWED, "These are one referral."},
    {"already-merged", ERR_STATE_NOT_ALLOWED, "This referral goes on in another one already."},
    {"goes-on-elsewhere", ERR_STATE_NOT_ALLOWED,
     "The referral in which it would go on goes on in another one itself: name that one."},
    {"has-ended", ERR_STATE_NOT_ALLOWED,
     "One of the two has ended: only referrals that are open are merged."},
    {"is-followed", ERR_STATE_NOT_ALLOWED,
     "Another referral goes on in this one: merge the other way round, or reopen that one first."},
    {"not-alike", ERR_STATE_NOT_ALLOWED,
     "Neither name with year of birth nor phone number of the two are the same. Look whether they are one "
     "person, and correct "
     "what is wrong first."},
    {"words-missing", ERR_STATE_NOT_ALLOWED,
     "This region has no state \"merged\" yet. A steward adds the new words by data.seed_vocabulary()."},
    {"step-ended", ERR_STATE_NOT_ALLOWED, "The step has ended: nothing is promised or set in it any more."},
    {"already-promised", ERR_STATE_NOT_ALLOWED,
     "There is a promise to call back in this step already. Say that you called, or promise another day "
     "instead."},
    {"nothing-promised", ERR_STATE_NOT_ALLOWED, "Nobody has promised to call back in this step."},
    {"word-unknown", ERR_STATE_NOT_ALLOWED,
     "This region has no word for this yet. The steward adds new words with data.seed_vocabulary()."},
    {"too-many", ERR_STATE_NOT_ALLOWED, "This step holds as much as it can: 1,000 messages, 20 files."},
    {"not-accepted", ERR_STATE_NOT_ALLOWED, "Accept the step first: places are for who was taken on."},
    {"group-unknown", ERR_STATE_NOT_ALLOWED, "This is no group of the organisation that owns the step."},
    {"already-there", ERR_STATE_NOT_ALLOWED, "This step has a place in this group, or stands in its line."},
    {"has-place", ERR_STATE_NOT_ALLOWED, "This step has a place in another group. Give that one up first."},
    {"group-closed", ERR_STATE_NOT_ALLOWED,
     "Nobody joins this group any more: it has begun, or was called off."},
    {"group-too-small", ERR_STATE_NOT_ALLOWED, "The group has fewer places than these persons need."},
    {"nothing-offered", ERR_STATE_NOT_ALLOWED,
     "No place is kept for this step. Say in which group it would have one."},
    {"no-place", ERR_STATE_NOT_ALLOWED, "This step has no place in a group."},
    {"group-ended", ERR_STATE_NOT_ALLOWED, "This group was called off."},
    {"places-taken", ERR_STATE_NOT_ALLOWED,
     "More places than that are taken, or somebody in line needs more."},
    {"dates-wrong", ERR_STATE_NOT_ALLOWED, "The group would end before it starts."},
    {"day-out", ERR_STATE_NOT_ALLOWED,
     "Only today, and days within ten years from now, are closed or opened."},
    {"already-closed", ERR_STATE_NOT_ALLOWED, "The region is closed on that day already."},
    {"not-closed", ERR_STATE_NOT_ALLOWED, "The region is not closed on that day by its own choice."},
    {"starts-in-past", ERR_STATE_NOT_ALLOWED,
     "A group starts today or later. One that people may join while it goes on (rolling) may have begun."},
    {"ends-in-past", ERR_STATE_NOT_ALLOWED, "The group would have ended already."},
    {"level-unknown", ERR_STATE_NOT_ALLOWED,
     "This region has no word for this yet. The steward adds new words with data.seed_vocabulary()."},
    {"room-contradicts", ERR_STATE_NOT_ALLOWED,
     "Who is full or paused has no places, and who is open has at least one. Say one or the other."},
    {"day-to-come", ERR_STATE_NOT_ALLOWED, "That day is still to come."},
    {"not-on", ERR_STATE_NOT_ALLOWED,
     "There was no group on that day: it has not started yet, or had ended."},
    {"before-place", ERR_STATE_NOT_ALLOWED, "On that day this step had no place in the group yet."},
    {"already-reviewed", ERR_STATE_NOT_ALLOWED, "Somebody else has reviewed it already."},
    {"already-approved", ERR_STATE_NOT_ALLOWED, "It was approved already."},
};

struct slice outcome_answer(const PGresult *result)
{
    return PQntuples(result) ? store_text(result, 0, "answer") : SLICE_NONE;
}

static void refuse(struct call *call, struct slice word)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (!slice_is(word, refusals[i].word))
            continue;
        if (problem_kind(refusals[i].code)->status == 403)
            call_forbid(call, refusals[i].code, NULL, refusals[i].detail);
        else
            call_problem(call, refusals[i].code, refusals[i].detail, NULL);
        return;
    }
    call_problem(call, ERR_INTERNAL, NULL, NULL);
}

void outcome_tell(struct call *call, const PGresult *result, int status)
{
    struct slice answer = outcome_answer(result);
    struct slice word = PQntuples(result) ? store_text(result, 0, "result") : SLICE_NONE;
    if (answer.ptr)
        call_json(call, status, answer, NULL);
    else
        refuse(call, word);
}
