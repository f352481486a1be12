// What must hold when the year is over. Each check gives an empty text, or what is wrong.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { wijzerd } from '../system/lib/world.mjs';

const run = promisify(execFile);
const json = (value) => `'${JSON.stringify(value).replaceAll("'", "''")}'::json`;

async function said(command, args) {
  try {
    await run(command, args, { timeout: 120000 });
    return '';
  } catch (error) {
    return `${error.code}: ${error.stdout}${error.stderr}`.slice(0, 2000);
  }
}

// After these answers a webhook need not come again; after the slow one it does, unless who sent it was away for even longer.
const TAKEN = ['204', 'slow'];

// Which of two that happen at once was first is not told by their times alone.
const notJustSet = (organisation, at) => `AND NOT EXISTS (SELECT FROM data.feedback_contract n
        WHERE n.region_id = 1 AND n.organisation_id = ${organisation} AND abs(extract(epoch FROM n.at - ${at})) < 5)`;

export const CHECKS = [
  ['every acknowledged referral is there, and no other', ({ world, books }) => world.longSql(`
    SELECT coalesce(r.code, a.code) FROM (SELECT wijzer.code(referral_id) AS code FROM data.referral WHERE region_id = 1) r
    FULL JOIN json_array_elements_text(${json([...books.referrals])}) AS a (code) USING (code)
    WHERE r.code IS NULL OR a.code IS NULL LIMIT 5`)],
  ['every acknowledged move happened once, and no other', ({ world, books }) => world.longSql(`
    SELECT coalesce(e.step, m.step), coalesce(e.version, m.version), e.n, m.n
    FROM (SELECT wijzer.code(step_id) AS step, version, to_state AS state, count(*) AS n FROM data.event
          WHERE region_id = 1 AND kind = 'step-moved' AND account_id IS NOT NULL AND to_state NOT IN ('offer-closed', 'merged') GROUP BY 1, 2, 3) e
    FULL JOIN (SELECT step, version, state, count(*) AS n FROM json_to_recordset(${json(books.moves)}) AS m (step text, version int, state text)
               GROUP BY 1, 2, 3) m USING (step, version, state)
    WHERE e.n IS DISTINCT FROM 1 OR m.n IS DISTINCT FROM 1 LIMIT 5`)],
  ['every acknowledged merger, reopening and word to a client happened once, and no other', ({ world, books }) => world.longSql(`
    SELECT coalesce(e.kind, a.kind), coalesce(e.id, a.id), coalesce(e.about, a.about), e.n, a.n
    FROM (SELECT kind, wijzer.code(referral_id) AS id, coalesce(wijzer.code(merged_into), '') AS about, count(*) AS n FROM data.event
          WHERE region_id = 1 AND kind IN ('referral-merged', 'referral-reopened', 'client-asked') GROUP BY 1, 2, 3) e
    FULL JOIN (SELECT kind, id, coalesce(about, '') AS about, count(*) AS n
               FROM json_to_recordset(${json(books.acts)}) AS a (kind text, id text, about text)
               WHERE kind <> 'director-changed' GROUP BY 1, 2, 3) a USING (kind, id, about)
    WHERE e.n IS DISTINCT FROM a.n LIMIT 5`)],
  ['who directs is who was made to, and nobody else was', ({ world, books }) => world.longSql(`
    WITH told AS (
        SELECT DISTINCT id, about FROM json_to_recordset(${json(books.acts)}) AS a (kind text, id text, about text) WHERE kind = 'director-changed'
    ), made AS (
        SELECT e.*, wijzer.code(e.referral_id) AS id, coalesce(o.code, 'ketenregie-deurne') AS about,
               EXISTS (SELECT FROM data.event p WHERE p.region_id = 1 AND p.referral_id = e.referral_id AND p.at = e.at AND p.kind = 'step-moved'
                       AND p.to_state = 'passed-on') AS by_branching
        FROM data.event e LEFT JOIN data.organisation o ON o.region_id = 1 AND o.organisation_id = e.director_id
        WHERE e.region_id = 1 AND e.kind = 'director-changed'
    )
    SELECT 'told', t.id, t.about FROM told t WHERE NOT EXISTS (SELECT FROM made m WHERE m.id = t.id AND m.about = t.about)
    UNION ALL
    SELECT 'made', m.id, m.about FROM made m
    WHERE m.account_id IS NOT NULL AND NOT m.by_branching AND NOT EXISTS (SELECT FROM told t WHERE t.id = m.id AND t.about = m.about)
    UNION ALL
    SELECT 'last', wijzer.code(r.referral_id), r.director_id::text FROM data.referral r
    WHERE r.region_id = 1 AND r.director_id IS DISTINCT FROM (
        SELECT m.director_id FROM made m WHERE m.referral_id = r.referral_id ORDER BY m.at DESC, m.event_id DESC LIMIT 1)
    LIMIT 5`)],
  ['a signal is one referral', ({ world, books }) => (books.signals.size === Number(world.sql(`
    SELECT count(*) FROM data.referral WHERE region_id = 1 AND origin = 'signal'`)) ? '' : `${books.signals.size} signals were acknowledged`)],
  ['what was merged ended by that, with the outcome of the other one', ({ world }) => world.sql(`
    SELECT wijzer.code(r.referral_id), r.outcome, o.outcome FROM data.referral r
    JOIN data.referral o ON o.region_id = 1 AND o.referral_id = r.merged_into
    WHERE r.region_id = 1 AND r.outcome IS DISTINCT FROM (
        SELECT e.outcome FROM data.event e WHERE e.region_id = 1 AND e.referral_id = o.referral_id AND e.kind = 'outcome-rolled-up' AND e.at <= r.ended_at
        ORDER BY e.at DESC, e.event_id DESC LIMIT 1)
    UNION ALL
    SELECT wijzer.code(s.step_id), s.state, NULL FROM data.step s
    WHERE s.region_id = 1 AND s.state = 'merged' AND NOT EXISTS (
        SELECT FROM data.event e WHERE e.region_id = 1 AND e.referral_id = s.referral_id AND e.kind = 'referral-merged' AND e.at = s.ended_at)
    LIMIT 5`)],
  ['what waits for a step was sent only after it ended well', ({ world }) => world.sql(`
    SELECT wijzer.code(s.step_id), s.state FROM data.step s
    JOIN data.step b ON b.region_id = 1 AND b.step_id = s.after_id
    JOIN data.event e ON e.region_id = 1 AND e.referral_id = s.referral_id AND e.step_id = s.step_id AND e.kind = 'step-moved' AND e.to_state = 'sent'
    WHERE s.region_id = 1 AND e.account_id IS NULL AND (b.status <> 'completed' OR b.ended_at > e.at) LIMIT 5`)],
  ['no practice hears what its contract does not say', ({ world }) => world.sql(`
    SELECT o.code, c.form, c.milestones, f.state, f.form, f.story FROM data.feedback f
    JOIN data.organisation o ON o.region_id = 1 AND o.organisation_id = f.to_id
    JOIN LATERAL (SELECT * FROM data.feedback_contract c WHERE c.region_id = 1 AND c.organisation_id = f.to_id AND c.at <= f.at
                  ORDER BY c.version DESC LIMIT 1) c ON c.form <> 'standard'
    JOIN data.state t ON t.region_id = 1 AND t.code = f.state
    WHERE f.region_id = 1 AND NOT f.is_final AND f.state <> 'merged' AND NOT coalesce(f.story, false) AND logic.milestone_of(t) IS NOT NULL
      AND (c.form = 'end-only' OR logic.milestone_of(t) <> ALL (c.milestones) OR (c.form = 'daily') <> (f.form IS NOT NULL))
      ${notJustSet('f.to_id', 'f.at')} LIMIT 5`)],
  ['whoever wants to hear of the first contact hears of it', ({ world }) => world.sql(`
    SELECT wijzer.code(e.step_id), c.form FROM data.event e
    JOIN data.referral r ON r.region_id = 1 AND r.referral_id = e.referral_id AND r.origin IS NULL
    JOIN LATERAL (SELECT * FROM data.feedback_contract c WHERE c.region_id = 1 AND c.organisation_id = r.organisation_id AND c.at <= e.at
                  ORDER BY c.version DESC LIMIT 1) c ON c.form IN ('at-once', 'daily') AND 'first-contact' = ANY (c.milestones)
    WHERE e.region_id = 1 AND e.kind = 'step-moved' AND e.to_state = 'first-contact' AND e.from_state <> 'first-contact' AND e.feedback_id IS NULL
      ${notJustSet('r.organisation_id', 'e.at')} LIMIT 5`)],
  ['what is told once a day came in one digest, that of its day', ({ world, books }) => world.longSql(`
    WITH read AS (SELECT * FROM json_to_recordset(${json([...books.digests].map(([feedback, digest]) => ({ feedback, ...digest })))}) AS d (feedback text, practice text, id text)),
    made AS (
        SELECT wijzer.code(f.feedback_id) AS feedback, o.code AS practice, wijzer.code(d.digest_id) AS id FROM data.feedback f
        JOIN data.organisation o ON o.region_id = 1 AND o.organisation_id = f.to_id
        JOIN data.feedback_digest d ON d.region_id = 1 AND d.organisation_id = f.to_id AND f.at > d.since AND f.at <= d.until
        WHERE f.region_id = 1 AND f.form = 'daily' AND d.day < (wijzer.clock() AT TIME ZONE 'Europe/Amsterdam')::date
    )
    SELECT feedback, practice, id, 'not read' FROM made m WHERE NOT EXISTS (SELECT FROM read r WHERE (r.feedback, r.practice, r.id) = (m.feedback, m.practice, m.id))
    UNION ALL
    SELECT wijzer.code(f.feedback_id), NULL, NULL, 'in no digest' FROM data.feedback f
    WHERE f.region_id = 1 AND f.form = 'daily' AND f.at < wijzer.clock() - interval '8 days' AND wijzer.code(f.feedback_id) NOT IN (SELECT feedback FROM read)
    LIMIT 5`)],
  ['all that went out came in with a valid signature, and told nothing of anybody', ({ receiver }) =>
    receiver.got.filter(({ wrong }) => wrong).slice(0, 5).map(({ id, wrong }) => `${id}: ${wrong}`).join('\n')],
  ['of all that waited for the one who listens it heard, and of nothing else', ({ world, receiver }) => world.longSql(`
    WITH took AS (SELECT DISTINCT * FROM json_to_recordset(${json(receiver.got.filter(({ answer }) => TAKEN.includes(answer)))}) AS g (id text, type text, about text)),
    listens AS (SELECT * FROM data.subscription s WHERE s.region_id = 1 AND wijzer.code(s.subscription_id) = '${receiver.subscription.id}'),
    waited AS (
        SELECT 'step' AS type, wijzer.code(e.step_id) AS about FROM data.event e JOIN listens l ON l.organisation_id = coalesce(e.owner_id, e.offered_to)
        WHERE e.region_id = 1 AND e.kind IN ('referral-sent', 'step-made') AND e.at >= l.made_at
        UNION ALL
        SELECT 'notice', wijzer.code(n.notice_id) FROM data.notice n JOIN listens l USING (organisation_id) WHERE n.region_id = 1 AND n.at >= l.made_at
    )
    SELECT coalesce(w.type, t.type), coalesce(w.about, t.about), w.about IS NOT NULL, t.id
    FROM waited w FULL JOIN took t USING (type, about)
    WHERE w.about IS NULL OR t.id IS NULL
    UNION ALL
    SELECT t.type, t.about, NULL, string_agg(t.id, ' ') FROM took t GROUP BY t.type, t.about HAVING count(*) > 1
    LIMIT 5`)],
  ['I1 to I8 hold', (year) => year.look('at the end')], // the days are shorter than the keeper's rounds
  ['every promise has ended', ({ world }) => world.sql(`
    SELECT wijzer.code(p.step_id), p.nr, p.kind, p.level, o.code, f.code, s.state, s.status, s.created_at, d.table_version, d.rule_id
    FROM data.promise p JOIN data.step s USING (region_id, step_id)
    LEFT JOIN data.organisation o ON o.region_id = 1 AND o.organisation_id = p.organisation_id
    LEFT JOIN data.offering f ON f.region_id = 1 AND f.offering_id = s.offering_id
    LEFT JOIN data.decision d ON d.region_id = 1 AND d.step_id = s.step_id
    WHERE p.region_id = 1 AND p.ended_at IS NULL LIMIT 5`)],
  ['every promise went up once a level, in order', ({ world }) => world.sql(`
    SELECT wijzer.code(p.step_id), p.nr, p.level, array_agg(e.level ORDER BY e.at, e.event_id) FROM data.promise p
    LEFT JOIN data.event e ON e.region_id = 1 AND e.referral_id = p.referral_id AND e.step_id = p.step_id AND e.version = p.nr
                          AND e.kind = 'promise-overdue'
    WHERE p.region_id = 1
    GROUP BY p.step_id, p.nr, p.level
    HAVING coalesce(array_agg(e.level ORDER BY e.at, e.event_id) FILTER (WHERE e.level IS NOT NULL), '{}')
           <> ARRAY(SELECT generate_series(1, p.level)) LIMIT 5`)],
  ['an offering is asked about by one promise at a time', ({ world }) => world.sql(`
    SELECT offering_id, count(*) FROM data.offering_promise WHERE region_id = 1 AND ended_at IS NULL
    GROUP BY offering_id HAVING count(*) > 1 LIMIT 5`)],
  ['no group has more people than places, and who has ended has none', ({ world }) => world.sql(`
    SELECT g.group_id, g.places, g.taken, sum(p.persons) FROM data.offering_group g
    LEFT JOIN data.place p ON p.region_id = 1 AND p.group_id = g.group_id AND p.state IN ('offered', 'taken')
    WHERE g.region_id = 1
    GROUP BY g.group_id, g.places, g.taken
    HAVING g.taken <> coalesce(sum(p.persons), 0) OR g.taken > g.places
    UNION ALL
    SELECT p.group_id, NULL, NULL, NULL FROM data.place p JOIN data.step s ON s.region_id = 1 AND s.step_id = p.step_id
    WHERE p.region_id = 1 AND s.ended_at IS NOT NULL AND p.state IN ('waiting', 'offered') LIMIT 5`)],
  ['of those to whom a step was offered one has it, or none', ({ world }) => world.sql(`
    SELECT wijzer.code(referral_id), offer_group, count(owner_id), count(*) FILTER (WHERE ended_at IS NULL AND owner_id IS NULL)
    FROM data.step WHERE region_id = 1 AND offer_group IS NOT NULL
    GROUP BY referral_id, offer_group
    HAVING count(owner_id) > 1 OR count(*) FILTER (WHERE ended_at IS NULL AND owner_id IS NULL) > 0 LIMIT 5`)],
  ['every referral is closed', ({ world }) => world.sql(`
    SELECT wijzer.code(referral_id), outcome FROM data.referral WHERE region_id = 1 AND closed_at IS NULL LIMIT 5`)],
  ['L1 to L6 hold of every closed referral', ({ world }) => world.sql(`
    SELECT wijzer.code(referral_id), l1, l2, l3, l4, l5, l6 FROM wijzer.loop
    WHERE region_id = 1 AND closed_at IS NOT NULL AND NOT (l1 AND l2 AND l3 AND l4 AND l5 AND l6) LIMIT 5`)],
  ['whoever referred opened the last word, who came by themself heard it, and every step has an end', ({ world }) => world.sql(`
    SELECT wijzer.code(r.referral_id) FROM data.referral r
    WHERE r.region_id = 1 AND r.closed_at IS NOT NULL
      AND (EXISTS (SELECT FROM data.step s WHERE s.region_id = 1 AND s.referral_id = r.referral_id AND s.ended_at IS NULL)
           OR r.origin IS NULL
              AND NOT EXISTS (SELECT FROM data.event e JOIN data.feedback f ON f.region_id = 1 AND f.feedback_id = e.feedback_id AND f.is_final
                              WHERE e.region_id = 1 AND e.referral_id = r.referral_id AND e.kind = 'feedback-opened')
           OR r.origin IS NOT NULL
              AND NOT EXISTS (SELECT FROM data.event e WHERE e.region_id = 1 AND e.referral_id = r.referral_id AND e.kind = 'client-asked'
                              AND e.at >= r.ended_at))
    LIMIT 5`)],
  ['the replay of all events is the state', ({ world }) => said(wijzerd, ['rebuild', '--check', '--config', world.conf])],
  ['the daemons spoke of no defect', ({ world }) => {
    for (const daemon of world.daemons) daemon.assertClean();
    return /^.*sqlstate=(?!08|57|40|53|55P03)\w{5}.*$/m.exec(world.log())?.[0] ?? ''; // of a database that goes away, and of waiting
  }],
];
