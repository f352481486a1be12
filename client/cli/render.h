/*
 * The service's documents as people read them. Each function takes a document of the API (json_doc.h) and
 * writes it to a screen; members that are missing are left out. Nothing here talks to the service.
 */
#ifndef WIJZER_RENDER_H
#define WIJZER_RENDER_H

#include "json_doc.h"
#include "screen.h"

/* Receipt of a referral; the answer to a trial. */
void render_receipt(const struct screen *screen, const json_t *receipt);
void render_preview(const struct screen *screen, const json_t *preview);

/* A step after a move; a step with its client; a referral with its tree of steps and history. */
void render_moved(const struct screen *screen, const json_t *step);
/* The step with which a referral goes on. */
void render_merged(const struct screen *screen, const json_t *merger);
void render_duplicates(const struct screen *screen, const json_t *items, bool more);
void render_directed(const struct screen *screen, const json_t *direction);
void render_reopened(const struct screen *screen, const json_t *step);
void render_step(const struct screen *screen, const json_t *step);
void render_referral(const struct screen *screen, const json_t *referral);
/* What changed a step last, from the events of its referral, and how it stands now. */
void render_conflict(const struct screen *screen, const json_t *step, const json_t *referral);

/* Lists of items; `more`: there are others behind these. */
void render_inbox(const struct screen *screen, const json_t *items, bool more);
/* Some of it: none of them is not nothing to do. */
void render_inbox_part(const struct screen *screen, const json_t *items, bool more);
void render_chain(const struct screen *screen, const json_t *items, bool more);
void render_feedback_list(const struct screen *screen, const json_t *items, bool more);
/* How much of all feedback is unread, by a page of it. */
void render_feedback_count(const struct screen *screen, const json_t *page);
void render_feedback(const struct screen *screen, const json_t *feedback);
/* What came back, a day at a time (render_contract.c). */
void render_digests(const struct screen *screen, const json_t *items, bool more);
void render_last_digest(const struct screen *screen, const json_t *page);

/* An event of the feed, and who is next. */
void render_event(const struct screen *screen, const json_t *event);

/* Returns the number of invariants that are violated. */
size_t render_checks(const struct screen *screen, const json_t *checks);
/* One list ("domains", "decline-codes", ...) or, with NULL, all. False: there is no such list. */
bool render_vocabulary(const struct screen *screen, const json_t *vocabulary, const char *list);
void render_me(const struct screen *screen, const json_t *me);

/* Shared by the files that render. */

/* "vóór dinsdag 24 november 17:00" for a time in the document; "" when it is none. */
const char *render_before(const struct screen *screen, const json_t *document, const char *path);
/* A whole number of the document; "0" when it is none. */
/* A role of the service in words; a word that is none stays as it is. */
const char *render_role(const struct screen *screen, const char *role);
const char *render_number(const struct screen *screen, const json_t *document, const char *path);
/* "24 november 2026" for a moment or a civil date of the document; "" when it is none. */
const char *render_day(const struct screen *screen, const json_t *document, const char *path);
/* "Welzijnscoach (ONIS Welzijn)", or the organisation alone. */
const char *render_place(const struct screen *screen, const json_t *offering, const json_t *organisation);
/* "het hielp deels": what the client found, of a document that says so; "" of another (render_figures.c). */
const char *render_helped(const struct screen *screen, const json_t *document);
/* "8PQ2-NNNR  Geaccepteerd, Welzijnscoach (ONIS Welzijn)" behind `lead`, without a newline. */
void render_step_line(const struct screen *screen, const json_t *step, const char *lead);
/* "  opgepakt door anna"; nothing where nobody has picked the step up. */
void render_picked(const struct screen *screen, const json_t *step);
/* What an event tells of contact, calling back and goals, each part behind the one before. */
void render_event_task(const struct screen *screen, const json_t *event);
/* Whether to call back is due before what else the step has. */
bool render_call_is_first(const json_t *step);
/* What the step has in a group, on a line behind `below` (render_places.c); or nothing. */
void render_place_line(const struct screen *screen, const json_t *step, const char *below);
/* How much room a candidate said it has, as a field. */
void render_candidate_room(const struct screen *screen, const json_t *candidate);
/* How much there was of a decision, as a field; nothing where it was not known. */
void render_room_decided(const struct screen *screen, const json_t *room);
/* The same as a field. */
void render_step_place(const struct screen *screen, const json_t *step);
/* A line with when the client was promised a call, and one with how often contact was tried; or nothing. */
void render_call_back(const struct screen *screen, const json_t *step);
/* What colleagues noted for it; nothing where there is none. */
void render_call_note(const struct screen *screen, const json_t *step);
/* render_messages.c: how many messages are unread, where some are; messages and files of a step. */
void render_unread(const struct screen *screen, const json_t *step);
/* The same in a tree, behind what is left of it. */
void render_unread_line(const struct screen *screen, const json_t *step, const char *below);
/* What stands beside a page of the inbox: in how many steps messages are unread, and how many offerings are
 * to be confirmed; nothing where none are. */
void render_besides(const struct screen *screen, const json_t *page);
void render_unread_list(const struct screen *screen, const json_t *items, bool more);
void render_messages(const struct screen *screen, const json_t *items);
void render_attachments(const struct screen *screen, const json_t *document);
void render_attempts(const struct screen *screen, const json_t *step);
/* Behind the report of an attempt: how many there were, and what to do after the third. */
void render_attempted(const struct screen *screen, const json_t *step);
void render_goals(const struct screen *screen, const json_t *document);
void render_goal_list(const struct screen *screen, const json_t *goals);
const char *render_goal_state(const struct screen *screen, const json_t *goal);
/* "zonder naam aan A, B: wie het eerst accepteert, ...", of a decision; "" where it was not offered. */
/* How well an offering is proved to work, with where that is written; empty: not known. */
const char *render_evidence(const struct screen *screen, const json_t *evidence);
const char *render_offered(const struct screen *screen, const json_t *decision);
/* "in een groep, 's avonds"; "" for none. */
/* Classes that were referred as one, and how they go. */
void render_classes(const struct screen *screen, const json_t *classes);
/* "Groep 5 (7KX3-9MTF)", or "". */
const char *render_class(const struct screen *screen, const json_t *document);
const char *render_wishes(const struct screen *screen, const json_t *wishes);
/* What is shown of a client before the step that is offered is accepted, and how to have it. */
void render_offer(const struct screen *screen, const json_t *step);
/* The labels of a list of words, with commas. */
const char *render_labels(const struct screen *screen, const json_t *words);
/* " TE LAAT", and whom that was told: nobody yet (0), who owes it, the coordination, a named person. */
/* Which promise was not kept in time, how often it went up, and to whom ("late" of an event or a notice). */
void render_late(const struct screen *screen, const json_t *late);
/* What the referrer was asked about a step, and what came back; how to decide about a planned one. */
void render_question(const struct screen *screen, const json_t *step);
void render_level(const struct screen *screen, int64_t level);
/* " TE LAAT", and whom that was told; nothing for a promise that is in time. */
void render_overdue(const struct screen *screen, const json_t *promise);
/* "Aan zet  ONIS: eerste contact, vóór ... TE LAAT"; nothing without a promise. */
void render_turn(const struct screen *screen, const json_t *promise);
/* Name, birth year, area and language, as far as they are shown; "" where nothing is. */
const char *render_person(const struct screen *screen, const json_t *client);
/* The same, how to call, and the client's own number. */
void render_client(const struct screen *screen, const json_t *client);

#endif
