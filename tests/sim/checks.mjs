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

export const CHECKS = [
  ['every acknowledged referral is there, and no other', ({ world, books }) => world.longSql(`
    SELECT coalesce(r.code, a.code) FROM (SELECT wijzer.code(referral_id) AS code FROM data.referral WHERE region_id = 1) r
    FULL JOIN json_array_elements_text(${json([...books.referrals])}) AS a (code) USING (code)
    WHERE r.code IS NULL OR a.code IS NULL LIMIT 5`)],
  ['every acknowledged move happened once, and no other', ({ world, books }) => world.longSql(`
    SELECT coalesce(e.step, m.step), coalesce(e.version, m.version), e.n, m.n
    FROM (SELECT wijzer.code(step_id) AS step, version, to_state AS state, count(*) AS n FROM data.event
          WHERE region_id = 1 AND kind = 'step-moved' AND account_id IS NOT NULL AND to_state <> 'offer-closed' GROUP BY 1, 2, 3) e
    FULL JOIN (SELECT step, version, state, count(*) AS n FROM json_to_recordset(${json(books.moves)}) AS m (step text, version int, state text)
               GROUP BY 1, 2, 3) m USING (step, version, state)
    WHERE e.n IS DISTINCT FROM 1 OR m.n IS DISTINCT FROM 1 LIMIT 5`)],
  ['I1 to I8 hold', (year) => year.look('at the end')], // the days are shorter than the keeper's rounds
  ['every promise has ended', ({ world }) => world.sql(`
    SELECT wijzer.code(step_id), nr, kind, level FROM data.promise WHERE region_id = 1 AND ended_at IS NULL LIMIT 5`)],
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
  ['whoever referred opened the last word, and every step has an end', ({ world }) => world.sql(`
    SELECT wijzer.code(r.referral_id) FROM data.referral r
    WHERE r.region_id = 1 AND r.closed_at IS NOT NULL
      AND (EXISTS (SELECT FROM data.step s WHERE s.region_id = 1 AND s.referral_id = r.referral_id AND s.ended_at IS NULL)
           OR NOT EXISTS (SELECT FROM data.event e JOIN data.feedback f ON f.region_id = 1 AND f.feedback_id = e.feedback_id AND f.is_final
                          WHERE e.region_id = 1 AND e.referral_id = r.referral_id AND e.kind = 'feedback-opened'))
    LIMIT 5`)],
  ['the replay of all events is the state', ({ world }) => said(wijzerd, ['rebuild', '--check', '--config', world.conf])],
  ['the daemons spoke of no defect', ({ world }) => {
    for (const daemon of world.daemons) daemon.assertClean();
    return /^.*sqlstate=(?!08|57|40|53|55P03)\w{5}.*$/m.exec(world.log())?.[0] ?? ''; // of a database that goes away, and of waiting
  }],
];
