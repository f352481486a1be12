-- The region Deurne for the demo, and a tiny second region for tests of isolation. Idempotent; run as superuser (or the
-- owner) after interface.sql. Organisations named in the list of practices are as they are there; the GP practices and
-- people are made up. Areas are the postcodes of the municipality of Deurne: 5751-5754 Deurne, 5756 Vlierden, 5757
-- Liessel, 5758 Neerkant, 5759 Helenaveen.
\set ON_ERROR_STOP on

BEGIN;

SELECT set_config('wijzer.region', '1', true) \g /dev/null
INSERT INTO data.region (region_id, code, name) VALUES (1, 'deurne', 'Deurne') ON CONFLICT DO NOTHING;
SELECT data.seed_vocabulary(1) \g /dev/null

INSERT INTO data.organisation (region_id, code, name, kind)
VALUES
    (1, 'ketenregie-deurne', 'Ketenregie Deurne', 'coordination'),
    (1, 'huisartsenpraktijk-de-peel', 'Huisartsenpraktijk De Peel', 'gp-practice'),
    (1, 'huisartsenpraktijk-vlierden', 'Huisartsenpraktijk Vlierden', 'gp-practice'),
    (1, 'levgroep', 'LEVgroep', 'welfare'),
    (1, 'tom-in-de-buurt', 'Tom in de buurt', 'alliance'),
    (1, 'gemeente-zaanstad', 'Gemeente Zaanstad', 'municipality'),
    (1, 'forsa', 'Forsa!', 'partner'),
    (1, 'kwadraad', 'Kwadraad', 'welfare'),
    (1, 'join-us', 'Join us', 'partner'),
    (1, 'young-leaders', 'Young Leaders', 'partner'),
    (1, 'william-schrikker-groep', 'William Schrikker Groep', 'partner'),
    (1, 'schuldenlab-070', 'Schuldenlab 070', 'partner'),
    (1, 'jeugdreclassering', 'Jeugdreclassering', 'partner'),
    (1, 'buurtteam', 'Buurtteam', 'team'),
    (1, 'gemeente-deurne', 'Gemeente Deurne', 'municipality'),
    (1, 'cooperatie', 'Coöperatie Scharrelondernemen', 'partner'),
    (1, 'kunstpartner', 'Kunstpartner', 'partner'),
    (1, 'gemeente-rotterdam', 'Gemeente Rotterdam', 'municipality'),
    (1, 'jeugdgezondheidszorg', 'Jeugdgezondheidszorg', 'health'),
    (1, 'ggd', 'GGD', 'health'),
    (1, 'maatjespartner', 'Maatjespartner', 'partner'),
    (1, 'wijeindhoven', 'WIJeindhoven', 'welfare'),
    (1, 'tsd-en-lfb', 'Toezicht Sociaal Domein en LFB', 'partner'),
    (1, 'movisie', 'Movisie', 'partner')
ON CONFLICT (region_id, code) DO UPDATE SET name = excluded.name, kind = excluded.kind;

UPDATE data.region r SET coordination_id = o.organisation_id
FROM data.organisation o
WHERE r.region_id = 1 AND o.region_id = 1 AND o.code = 'ketenregie-deurne';

-- Names of accounts as they stand in their certificates: urn:wijzer:deurne:<organisation>:<account>.
INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 1, o.organisation_id, a.name, a.role
FROM (VALUES
    ('huisartsenpraktijk-de-peel', 'gp', 'referrer'),
    ('huisartsenpraktijk-vlierden', 'gp2', 'referrer'),
    ('levgroep', 'worker', 'worker'),
    ('levgroep', 'worker3', 'worker'),
    ('buurtteam', 'worker2', 'worker'),
    ('ketenregie-deurne', 'coordinator', 'coordinator'),
    ('ketenregie-deurne', 'coordinator2', 'coordinator'),
    ('ketenregie-deurne', 'steward', 'steward')) AS a (organisation, name, role)
JOIN data.organisation o ON o.region_id = 1 AND o.code = a.organisation
ON CONFLICT (region_id, organisation_id, name) DO UPDATE SET role = excluded.role;

-- Who is asked at last, when nobody else has looked at an emergency or kept a promise.
INSERT INTO data.named_person (region_id, duty, account_id)
SELECT 1, d.duty, a.account_id FROM data.account a, (VALUES ('emergency'), ('promises')) AS d (duty)
WHERE a.region_id = 1 AND a.name = 'coordinator2'
ON CONFLICT DO NOTHING;

INSERT INTO data.offering (region_id, code, name, organisation_id, kind, domains, age_min, age_max, municipality,
                           for_whom, facts, asks)
SELECT 1, f.code, f.name, o.organisation_id, f.kind, f.domains, f.age_min, f.age_max, f.municipality, f.for_whom,
       f.facts, f.asks
FROM (VALUES
    ('welzijn-op-recept', 'Welzijn op Recept', 'levgroep', 'individual coaching',
        '{social-network,meaning,participation,mental-health}'::text[], 18::int, NULL::int, NULL::text, 'people who often see the GP with psychosocial complaints',
        'coach contacts within two weeks',
        'referral in seconds; promise of first contact; feedback to the GP on headlines (who was helped) and in stories'),
    ('klantwijzer', 'Klantwijzer', 'levgroep', 'quick referral',
        NULL, NULL, NULL, 'Deurne', 'anyone a professional meets',
        'a simplified way to refer people quickly',
        'routing by rule tables; fewest possible fields; an answer at once'),
    ('inloop-alphen', 'Inloop zonder brief', 'tom-in-de-buurt', 'walk-in',
        NULL, NULL, NULL, 'Alphen aan den Rijn', 'any resident',
        'eight care and welfare organisations in one alliance judged on effects for residents, not on counts',
        'self-referral and walk-in intake without referrer; results per resident instead of counts'),
    ('centrale-zorgverlener', 'Centrale zorgverlener gezond gewicht', 'gemeente-zaanstad', 'case direction',
        '{upbringing,physical-health,daily-living}', 0, 18, 'Zaanstad', 'children with overweight and their families',
        '5,000 children; GPs refer; GPs hear how the family is doing; concrete own goals such as less cola',
        'one director over a family''s chain; goals in the client''s own words; feedback to the doctor'),
    ('forsa', 'Forsa!-aanpak', 'forsa', 'case direction',
        '{justice,housing,work-and-education,finances,social-network}', 18, 27, 'Den Haag', 'young people with a mild intellectual disability after detention',
        'budget only with an LVB diagnosis; the young person decides which information is shared with whom; a life domain Herstel Netwerk',
        'parallel steps over several domains under one director; consent per item and recipient; eligibility by a fact'),
    ('relatie-apk', 'Relatie APK', 'kwadraad', 'consultation hour and group training',
        '{family-relations}', 18, NULL, NULL, 'couples with questions or tension',
        'consultation hour plus Houd me vast training of 8 sessions and a return session; about EUR 6,500 per training; also online',
        'offer in the directory so partners can refer; group with a start date, places and a waiting list; two people in one referral'),
    ('join-us', 'Join us', 'join-us', 'group',
        '{social-network,mental-health}', 12, 25, NULL, 'lonely young people',
        'a group costs EUR 5,500 a year; 16 hours a month of social work; a reporting point where young people are ambassadors; online pilot',
        'self-referral by young people; group capacity; online as a way of taking part'),
    ('young-leaders', 'Young Leaders', 'young-leaders', 'group training',
        '{participation,work-and-education,social-network}', 12, 25, 'any (30 municipalities)', 'young people in vulnerable neighbourhoods',
        'starts with a conversation about own motivation',
        'a start conversation as a step; the client''s own wish recorded; nobody pushed'),
    ('herstelgericht-werken', 'Herstelgericht werken', 'william-schrikker-groep', 'case direction',
        '{justice,family-relations,social-network}', 12, 23, NULL, 'young people in detention',
        'care, municipality and criminal law together; mediation with the victim',
        'partners from three worlds with different rights to see data'),
    ('jpf', 'Jongeren Perspectief Fonds', 'schuldenlab-070', 'fund and coaching',
        '{finances,work-and-education}', 18, 27, 'Den Haag', 'young people whose debts block their development',
        'partners are the referring parties; the benefits consultant joins',
        'eligibility by age; creditor partners; money and coaching steps in order'),
    ('jeugdreclassering-2', 'Werkplaats Jeugdreclassering 2.0', 'jeugdreclassering', 'case direction',
        '{justice,upbringing}', 12, 18, NULL, 'young people on probation',
        'towards success and recovery',
        'parallel steps; outcome by own goals'),
    ('buurtteam', 'Buurtteam', 'buurtteam', 'team',
        NULL, NULL, NULL, NULL, 'residents and families',
        'care, youth work and neighbourhood team in practice',
        'inbox of a team with pick-up by one member'),
    ('taaldoen', 'TaalDoen! en brede intake', 'gemeente-deurne', 'course and intake',
        '{language-and-integration,work-and-education,participation}', 18, NULL, NULL, 'newcomers',
        'broad intake for permit holders',
        'preferred language, interpreter, plain Dutch'),
    ('sociaal-werk-loont', 'Sociaal werk loont', 'levgroep', 'measurement',
        NULL, NULL, NULL, NULL, 'municipality and partners',
        'social return of welfare work; an ounce of wellbeing saves a kilo of care',
        'saved-cost estimate with stated assumptions per outcome'),
    ('scharrelondernemen', 'Scharrelondernemen', 'cooperatie', 'group',
        '{work-and-education,participation}', 18, 67, NULL, 'people without work who want to try',
        '20 cities, one idea',
        'step with own pace; pausing and resuming'),
    ('kunst-met-impact', 'Kunst met impact: dansen tegen eenzaamheid', 'kunstpartner', 'activity',
        '{social-network,physical-health,meaning}', 55, NULL, NULL, 'lonely older people',
        'dance lowers loneliness and improves health',
        'activity with places and dates; attendance'),
    ('lekker-fit', 'Lekker Fit!', 'gemeente-rotterdam', 'programme',
        '{physical-health,upbringing}', 4, 13, 'Rotterdam', 'children and schools',
        'route to a healthy youth',
        'referral of a group (a class)'),
    ('giz', 'GIZ-methodiek', 'jeugdgezondheidszorg', 'shared assessment',
        '{upbringing,daily-living}', 0, 18, NULL, 'parents and young people',
        'deciding together',
        'assessment shared with parent and child; their consent'),
    ('nu-niet-zwanger', 'Nu Niet Zwanger', 'ggd', 'individual coaching',
        '{family-relations,physical-health}', 14, 50, NULL, 'people in a vulnerable situation',
        'clients steer their own wish for children',
        'high sensitivity: fewest eyes, strictest consent'),
    ('ouderen-studenten', 'Ouderen en studenten', 'maatjespartner', 'matching',
        '{social-network,daily-living}', 65, NULL, NULL, 'older people',
        'care and company',
        'matching two parties; both say yes'),
    ('vroegsignalering', 'Vroegsignalering van schulden', 'gemeente-deurne', 'signal',
        '{finances,housing}', 18, NULL, NULL, 'households with payment arrears',
        'landing throughout the Netherlands',
        'a signal from a system becomes a referral; the person is approached, and may refuse'),
    ('wijkprogrammering', 'Wijkprogrammering', 'gemeente-rotterdam', 'steering',
        NULL, NULL, NULL, 'Rotterdam', 'neighbourhood networks',
        'a cycle of measuring, talking, learning and improving with data and conversations',
        'figures per neighbourhood, safe for small numbers; unmet need'),
    ('wat-telt', 'Wat telt', 'wijeindhoven', 'measurement',
        NULL, NULL, NULL, 'Eindhoven', 'residents of the neighbourhood teams',
        '18,000 residents filled it in; movement per life domain; low administrative burden; not validated',
        'measurement at start and later; movement per domain and neighbourhood'),
    ('toegang-lvb', 'Toegang voor mensen met een LVB', 'tsd-en-lfb', 'mystery guests',
        NULL, NULL, NULL, 'five municipalities', 'people with an LVB',
        'sent on too fast, hard forms, phone menus, not called back in spite of promises',
        'call-back promises tracked and escalated; plain language; no form longer than needed'),
    ('databank-interventies', 'Databank sociale interventies', 'movisie', 'directory',
        NULL, NULL, NULL, 'national', 'professionals and municipalities',
        'levels of evidence per intervention',
        'evidence level per offering, usable in rules and shown to the referrer')
    ) AS f (code, name, organisation, kind, domains, age_min, age_max, municipality, for_whom, facts, asks)
JOIN data.organisation o ON o.region_id = 1 AND o.code = f.organisation
ON CONFLICT (region_id, code) DO UPDATE
    SET name = excluded.name, organisation_id = excluded.organisation_id, kind = excluded.kind,
        domains = excluded.domains, age_min = excluded.age_min, age_max = excluded.age_max,
        municipality = excluded.municipality, for_whom = excluded.for_whom, facts = excluded.facts,
        asks = excluded.asks;

-- Room, and when somebody last looked whether the description is right: for what people are referred to.
INSERT INTO data.capacity (region_id, offering_id, as_of, state, places, wait_days)
SELECT 1, f.offering_id, current_date - c.days_ago, c.state, c.places, c.wait_days
FROM (VALUES
    ('welzijn-op-recept', 2, 'open', 12, 0), ('klantwijzer', 2, 'open', NULL, 0), ('buurtteam', 1, 'open', 6, 0),
    ('ouderen-studenten', 5, 'waiting-list', 0, 28), ('kunst-met-impact', 9, 'open', 8, 0), ('join-us', 4, 'open', 3, 0),
    ('young-leaders', 12, 'open', 10, 0), ('centrale-zorgverlener', 6, 'waiting-list', 0, 21),
    ('lekker-fit', 15, 'open', 20, 0), ('giz', 3, 'open', NULL, 0), ('taaldoen', 7, 'waiting-list', 0, 35),
    ('vroegsignalering', 1, 'open', NULL, 0), ('jpf', 8, 'open', 4, 0), ('forsa', 10, 'full', 0, NULL),
    ('herstelgericht-werken', 14, 'open', 2, 0), ('jeugdreclassering-2', 11, 'open', NULL, 0),
    ('relatie-apk', 6, 'open', 5, 0), ('scharrelondernemen', 13, 'open', 7, 0))
    AS c (offering, days_ago, state, places, wait_days)
JOIN data.offering f ON f.region_id = 1 AND f.code = c.offering
WHERE NOT EXISTS (SELECT FROM data.capacity x WHERE x.region_id = 1 AND x.offering_id = f.offering_id);

UPDATE data.offering f SET confirmed_on = c.as_of
FROM (SELECT offering_id, max(as_of) AS as_of FROM data.capacity WHERE region_id = 1 GROUP BY offering_id) c
WHERE f.region_id = 1 AND f.offering_id = c.offering_id AND f.confirmed_on IS NULL;

-- A version that comes with the region, in force at once; where the region has one already, nothing. Rows are tables of the
-- columns that the question uses.
CREATE FUNCTION pg_temp.publish(p_region int, p_table int, p_rules json, p_examples json DEFAULT '[]') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    with_the_region constant text := 'Bij de start van de regio.';
    number constant int := logic.next_version(p_region);
    since constant timestamptz := CASE
        WHEN EXISTS (SELECT FROM data.rule_table t WHERE t.region_id = p_region AND t.table_no = p_table)
        THEN wijzer.clock() ELSE least('2026-01-01 00:00:00+00', wijzer.clock()) END;
BEGIN
    IF EXISTS (SELECT FROM data.rule_table t
               WHERE t.region_id = p_region AND t.table_no = p_table AND t.note = with_the_region) THEN
        RETURN;
    END IF;
    INSERT INTO data.rule_table (region_id, version, table_no, hit_policy, name, note, status, created_at, published_at,
                                 approved_at, effective_from)
    SELECT p_region, number, q.table_no, q.hit_policy, q.name, with_the_region, 'published', since, since, since, since
    FROM logic.question q WHERE q.table_no = p_table;
    PERFORM logic.add_rules(p_region, number, p_table,
                            ARRAY(SELECT r FROM json_populate_recordset(NULL::logic.draft_rule, p_rules) r)),
            logic.add_examples(p_region, number, p_examples);
END
$$;

-- Postcodes: the municipality of Deurne, the rest of the Peel (57..), and what lies outside of each.
\set deurne '{[5751,5754],[5756,5759]}'
\set around '{[5700,5750],[5755,5755],[5760,5799]}'
\set not_deurne '{[1000,5750],[5755,5755],[5760,9999]}'
\set not_peel '{[1000,5699],[5800,9999]}'

-- Table 1, exclusion and safety (FIRST).
SELECT pg_temp.publish(1, 1, (SELECT json_agg(r) FROM (VALUES
    ('X01', false, '{Z25}'::text[], NULL::text[], NULL::int4multirange, NULL::text[], 'coordinator', NULL,
        'Er speelt geweld: de ketenregie kijkt eerst mee en belt zo nodig met Veilig Thuis.'),
    ('X02', false, NULL, NULL, NULL, '{safety}', 'coordinator', NULL,
        'Een organisatie vond het niet veilig: de ketenregie overlegt voordat iemand anders gevraagd wordt.'),
    ('X03', false, NULL, '{substance-use}', '{[0,15]}', NULL, 'coordinator', NULL,
        'Alcohol of drugs onder de 16: de ketenregie overlegt eerst met de jeugdgezondheidszorg.'),
    ('X04', false, '{Z02}', NULL, '{[18,120]}', NULL, 'offering', 'vroegsignalering',
        'Er is te weinig eten in huis: de gemeente neemt direct contact op.'),
    ('X05', false, NULL, NULL, NULL, NULL, 'continue', NULL, 'Er is geen reden om deze vraag apart te behandelen.'),
    ('X99', true, NULL, NULL, NULL, NULL, 'continue', NULL, 'Er is geen reden om deze vraag apart te behandelen.'))
    AS r (rule_id, is_otherwise, icpc, domains, age, declines, action, offering, reason)),
'[{"id": "E01", "sentence": "Bij geweld kijkt eerst de ketenregie mee.",
   "facts": {"icpc": ["Z25"], "domains": ["family-relations"], "age": 41, "area": 5751, "declines": []},
   "expect": {"action": "coordinator"}},
  {"id": "E02", "sentence": "Een gezin zonder eten krijgt direct de gemeente.",
   "facts": {"icpc": ["Z02"], "domains": ["finances"], "age": 35, "area": 5757, "declines": []},
   "expect": {"action": "offering", "offering": "vroegsignalering"}},
  {"id": "E03", "sentence": "Een man van 74 die zich alleen voelt gaat gewoon verder.",
   "facts": {"icpc": [], "domains": ["social-network"], "age": 74, "area": 5751, "declines": []},
   "expect": {"action": "continue"}}]') \g /dev/null

-- Table 2, need and situation to approach (COLLECT): for every life domain and age at least one.
SELECT pg_temp.publish(1, 2, (SELECT json_agg(r) FROM (VALUES
    ('A01', false, NULL::text[], '{finances}'::text[], NULL::text[], '{[0,17]}'::int4multirange, NULL::text[], NULL::text[], NULL::text[], NULL::text[],
        'buurtteam', 40, 'Geldzorgen bij een kind of jongere: het buurtteam kijkt naar het hele gezin.'),
    ('A02', false, NULL, '{finances}', NULL, '{[18,120]}', NULL, NULL, NULL, NULL,
        'schuldhulp', 70, 'Geldzorgen: eerst rust door hulp bij schulden.'),
    ('A03', false, NULL, '{work-and-education}', NULL, '{[0,11]}', NULL, NULL, NULL, NULL,
        'opvoedhulp', 40, 'Zorgen op de basisschool: samen met de ouders kijken wat nodig is.'),
    ('A04', false, NULL, '{work-and-education,participation}', NULL, '{[12,17]}', NULL, NULL, NULL, NULL,
        'training', 55, 'Jongere die vastloopt of wil meedoen: een training die begint bij de eigen wens.'),
    ('A05', false, NULL, '{work-and-education}', NULL, '{[18,67]}', NULL, NULL, NULL, NULL,
        'werk', 60, 'Geen werk of niet het goede werk: in eigen tempo iets proberen.'),
    ('A06', false, NULL, '{work-and-education}', NULL, '{[68,120]}', NULL, NULL, NULL, NULL,
        'welzijnscoach', 30, 'Na het pensioen iets willen doen of leren: de welzijnscoach denkt mee.'),
    ('A07', false, NULL, '{day-activity,daily-living}', NULL, NULL, NULL, NULL, NULL, NULL,
        'buurtteam', 45, 'Dagelijks leven of daginvulling: het buurtteam kijkt mee.'),
    ('A08', false, NULL, '{day-activity,daily-living}', NULL, '{[65,120]}', NULL, NULL, NULL, NULL,
        'maatje', 55, 'Oudere die hulp en gezelschap in huis zoekt: een maatje.'),
    ('A09', false, NULL, '{housing}', NULL, NULL, NULL, NULL, NULL, NULL,
        'buurtteam', 60, 'Zorgen over wonen: het buurtteam komt langs.'),
    ('A10', false, NULL, '{family-relations}', NULL, '{[0,17]}', NULL, NULL, NULL, NULL,
        'opvoedhulp', 50, 'Spanning in het gezin van een kind: hulp bij opvoeden.'),
    ('A11', false, NULL, '{family-relations}', NULL, '{[18,120]}', NULL, NULL, NULL, NULL,
        'training', 60, 'Spanning in de relatie: een spreekuur of training helpt.'),
    ('A12', false, NULL, '{mental-health}', NULL, '{[0,11]}', NULL, NULL, NULL, NULL,
        'opvoedhulp', 40, 'Kind dat niet lekker in zijn vel zit: samen met de ouders kijken.'),
    ('A13', false, NULL, '{mental-health,social-network}', NULL, '{[12,25]}', NULL, NULL, NULL, NULL,
        'groep', 60, 'Jongere die zich alleen of somber voelt: samen met leeftijdgenoten.'),
    ('A14', false, NULL, '{mental-health,meaning,participation}', NULL, '{[18,120]}', NULL, NULL, NULL, NULL,
        'welzijnscoach', 50, 'Klachten die om zin, ritme of meedoen vragen: een welzijnscoach.'),
    ('A15', false, NULL, '{physical-health}', NULL, NULL, NULL, NULL, NULL, NULL,
        'leefstijl', 55, 'Vraag over bewegen, eten of gewicht: gezonder leven.'),
    ('A16', false, NULL, '{substance-use}', NULL, '{[0,17]}', NULL, NULL, NULL, NULL,
        'buurtteam', 50, 'Jongere met alcohol of drugs: het buurtteam kijkt naar het hele gezin.'),
    ('A17', false, NULL, '{substance-use}', NULL, '{[18,120]}', NULL, NULL, NULL, NULL,
        'leefstijl', 40, 'Minderen met alcohol of drugs: hulp bij gezonder leven.'),
    ('A18', false, NULL, '{social-network,participation,meaning}', NULL, '{[0,11]}', NULL, NULL, NULL, NULL,
        'buurtteam', 40, 'Kind dat weinig meedoet: het buurtteam kent het aanbod in de buurt.'),
    ('A19', false, NULL, '{social-network}', NULL, '{[18,120]}', NULL, NULL, NULL, NULL,
        'welzijnscoach', 60, 'Weinig mensen om zich heen: een welzijnscoach zoekt samen wat past.'),
    ('A20', false, NULL, '{social-network}', NULL, '{[65,120]}', NULL, NULL, NULL, NULL,
        'buurtteam', 45, 'Oudere die weinig mensen ziet: het buurtteam kent de straat en komt langs.'),
    ('A21', false, NULL, '{social-network,meaning}', NULL, '{[65,120]}', NULL, NULL, NULL, NULL,
        'maatje', 40, 'Oudere die gezelschap mist: een maatje aan huis.'),
    ('A22', false, NULL, '{social-network,meaning}', NULL, '{[55,120]}', NULL, NULL, NULL, NULL,
        'groep', 30, 'Vanaf 55 jaar: samen met anderen iets doen.'),
    ('A23', false, NULL, '{meaning}', NULL, '{[12,17]}', NULL, NULL, NULL, NULL,
        'groep', 40, 'Jongere die zoekt naar zin: samen met leeftijdgenoten.'),
    ('A24', false, NULL, '{participation}', NULL, '{[18,25]}', NULL, NULL, NULL, NULL,
        'training', 45, 'Jongvolwassene die wil meedoen: een training die begint bij de eigen wens.'),
    ('A25', false, NULL, '{justice}', NULL, NULL, NULL, NULL, NULL, NULL,
        'regie', 80, 'Politie of justitie: één regisseur over alle hulp.'),
    ('A26', false, NULL, '{upbringing}', NULL, NULL, NULL, NULL, NULL, NULL,
        'opvoedhulp', 60, 'Vraag over opvoeden: hulp bij opvoeden.'),
    ('A27', false, NULL, '{upbringing,finances}', NULL, '{[18,120]}', NULL, NULL, '{single-parent}', NULL,
        'buurtteam', 50, 'Ouder die er alleen voor staat: het buurtteam springt bij.'),
    ('A28', false, NULL, '{language-and-integration}', NULL, NULL, NULL, NULL, NULL, NULL,
        'taal', 70, 'Nederlands leren of inburgeren: taalles.'),
    ('A29', false, '{language}', NULL, NULL, '{[18,120]}', '{nl}', NULL, NULL, NULL,
        'taal', 20, 'Spreekt liever een andere taal: TaalDoen! kan helpen.'),
    ('A30', false, NULL, NULL, '{Z15,Z19,Z23}', '{[18,120]}', NULL, NULL, NULL, NULL,
        'welzijnscoach', 40, 'Verlies van een naaste: een welzijnscoach luistert.'),
    ('A31', false, NULL, NULL, '{Z01}', '{[18,120]}', NULL, NULL, NULL, NULL,
        'schuldhulp', 50, 'De huisarts ziet armoede of geldproblemen: hulp bij schulden.'),
    ('A32', false, NULL, NULL, '{Z05,Z06}', '{[18,67]}', NULL, NULL, NULL, NULL,
        'werk', 40, 'De huisarts ziet een probleem met werk: in eigen tempo iets proberen.'),
    ('A33', false, NULL, '{finances,participation,day-activity}', NULL, '{[18,67]}', NULL, NULL, NULL, '{unemployed}',
        'werk', 45, 'Zonder werk: in eigen tempo iets proberen.'),
    ('A34', false, NULL, '{social-network,meaning,day-activity}', NULL, '{[18,120]}', NULL, '{housebound}', NULL, NULL,
        'maatje', 58, 'Kan het huis niet uit: een maatje komt aan huis.'),
    ('A99', true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, 'Er past geen aanpak bij deze vraag.'))
    AS r (rule_id, is_otherwise, nots, domains, icpc, age, language, mobility, household, occupation, approach, weight,
          reason)),
'[{"id": "E01", "sentence": "Een vrouw van 40 met schulden krijgt hulp bij geld.",
   "facts": {"domains": ["finances"], "icpc": [], "age": 40, "language": "nl", "household": "couple", "occupation": "working"},
   "expect": {"approach": "schuldhulp", "weight": 70}},
  {"id": "E02", "sentence": "Een jongere van 16 die zich alleen voelt gaat naar een groep.",
   "facts": {"domains": ["social-network"], "icpc": [], "age": 16, "language": "nl"},
   "expect": {"approach": "groep", "weight": 60}},
  {"id": "E03", "sentence": "Een moeder die Nederlands wil leren krijgt taalles.",
   "facts": {"domains": ["language-and-integration"], "icpc": [], "age": 33, "language": "nl"},
   "expect": {"approach": "taal", "weight": 70}}]') \g /dev/null

-- Table 3, approach, area and group to offering (COLLECT): for every approach all ages and postcodes.
SELECT pg_temp.publish(1, 3, (SELECT json_agg(r) FROM (VALUES
    ('R01', false, '{welzijnscoach}'::text[], NULL::text[], '{[18,120]}'::int4multirange, :'deurne'::int4multirange, NULL::text[], NULL::boolean,
        'welzijn-op-recept', 60, 'De welzijnscoach van LEVgroep belt binnen twee weken.'),
    ('R02', false, '{welzijnscoach,groep,buurtteam,leefstijl}', NULL, '{[18,120]}', :'around', NULL, NULL,
        'klantwijzer', 30, 'Inwoner van de Peel buiten Deurne: de Klantwijzer kijkt wat dichtbij is.'),
    ('R03', false, '{welzijnscoach,buurtteam,leefstijl}', NULL, '{[18,120]}', :'deurne', NULL, NULL,
        'klantwijzer', 20, 'De Klantwijzer zoekt snel passend aanbod in Deurne.'),
    ('R04', false, '{buurtteam}', NULL, NULL, :'deurne', NULL, NULL,
        'buurtteam', 50, 'Het buurtteam in Deurne komt langs en kijkt wat nodig is.'),
    ('R05', false, '{welzijnscoach,maatje,schuldhulp,taal}', NULL, '{[0,17]}', :'deurne', NULL, NULL,
        'buurtteam', 30, 'Kind of jongere in Deurne: het buurtteam kijkt naar het hele gezin.'),
    ('R06', false, '{maatje}', NULL, '{[65,120]}', :'deurne', NULL, NULL,
        'ouderen-studenten', 50, 'Oudere in Deurne: een student komt als maatje aan huis.'),
    ('R07', false, '{maatje}', NULL, '{[18,64]}', :'deurne', NULL, NULL,
        'welzijn-op-recept', 30, 'Onder de 65 zoekt de welzijnscoach van LEVgroep een maatje.'),
    ('R08', false, '{groep}', NULL, '{[12,25]}', NULL, NULL, NULL,
        'join-us', 50, 'Jongere die zich alleen voelt: samen met anderen bij Join us.'),
    ('R09', false, '{groep}', '{participation}', '{[12,25]}', NULL, NULL, NULL,
        'young-leaders', 45, 'Jongere die wil meedoen: Young Leaders begint bij de eigen wens.'),
    ('R10', false, '{training,werk}', NULL, '{[12,25]}', NULL, NULL, NULL,
        'young-leaders', 45, 'Tot en met 25 jaar: Young Leaders begint bij de eigen wens.'),
    ('R11', false, '{groep}', NULL, '{[55,120]}', :'deurne', NULL, NULL,
        'kunst-met-impact', 40, 'Vanaf 55 jaar in Deurne: dansen met anderen.'),
    ('R12', false, '{groep}', NULL, '{[26,54]}', :'deurne', NULL, NULL,
        'welzijn-op-recept', 30, 'Tussen 26 en 55 zoekt de welzijnscoach een groep die past.'),
    ('R13', false, '{schuldhulp}', NULL, '{[18,27]}', NULL, NULL, NULL,
        'jpf', 60, 'Jongere met schulden: het Jongeren Perspectief Fonds lost schulden op en coacht.'),
    ('R14', false, '{schuldhulp}', NULL, '{[18,120]}', NULL, NULL, NULL,
        'vroegsignalering', 40, 'De gemeente helpt schulden voorkomen en oplossen.'),
    ('R15', false, '{schuldhulp}', NULL, '{[18,120]}', NULL, '{soon}', NULL,
        'vroegsignalering', 55, 'Geldzorgen met haast: de gemeente neemt direct contact op.'),
    ('R16', false, '{regie}', NULL, '{[12,17]}', NULL, NULL, NULL,
        'jeugdreclassering-2', 60, 'Onder de 18 met politie of justitie: begeleiding door de jeugdreclassering.'),
    ('R17', false, '{regie}', NULL, '{[12,23]}', NULL, NULL, NULL,
        'herstelgericht-werken', 50, 'Tot en met 23 jaar: herstelgericht werken met alle partijen.'),
    ('R18', false, '{regie}', NULL, '{[18,27]}', NULL, NULL, NULL,
        'forsa', 45, 'Jongvolwassene na detentie: Forsa! neemt het hele traject in de hand.'),
    ('R19', false, '{regie}', NULL, '{[18,27]}', NULL, NULL, true,
        'forsa', 70, 'Jongvolwassene met een licht verstandelijke beperking: daar is Forsa! voor.'),
    ('R20', false, '{regie}', NULL, '{[28,120]}', :'deurne', NULL, NULL,
        'buurtteam', 30, 'Vanaf 28 jaar in Deurne: het buurtteam neemt de regie.'),
    ('R21', false, '{training}', '{family-relations}', '{[18,120]}', NULL, NULL, NULL,
        'relatie-apk', 60, 'Vragen over de relatie: spreekuur of training van de Relatie APK.'),
    ('R22', false, '{training}', NULL, '{[26,120]}', NULL, NULL, NULL,
        'relatie-apk', 30, 'Vanaf 26 jaar is er de training van Kwadraad.'),
    ('R23', false, '{werk}', NULL, '{[18,67]}', NULL, NULL, NULL,
        'scharrelondernemen', 50, 'Iets willen proberen: in eigen tempo bij de coöperatie.'),
    ('R24', false, '{werk}', NULL, '{[68,120]}', :'deurne', NULL, NULL,
        'welzijn-op-recept', 25, 'Na het pensioen zoekt de welzijnscoach vrijwilligerswerk dat past.'),
    ('R25', false, '{taal}', NULL, '{[18,120]}', NULL, NULL, NULL,
        'taaldoen', 60, 'Taal en inburgering: brede intake en taalles bij TaalDoen!.'),
    ('R26', false, '{opvoedhulp}', NULL, '{[0,3]}', NULL, NULL, NULL,
        'giz', 60, 'Jong kind: samen kijken wat nodig is met de GIZ-methodiek.'),
    ('R27', false, '{opvoedhulp}', NULL, '{[4,18]}', NULL, NULL, NULL,
        'giz', 40, 'Kind of jongere: samen kijken wat nodig is met de GIZ-methodiek.'),
    ('R28', false, '{opvoedhulp}', '{upbringing,physical-health}', '{[0,18]}', NULL, NULL, NULL,
        'centrale-zorgverlener', 45, 'Opvoeden en gewicht horen bij elkaar: een centrale zorgverlener begeleidt het gezin.'),
    ('R29', false, '{opvoedhulp}', NULL, '{[19,120]}', :'deurne', NULL, NULL,
        'buurtteam', 40, 'Ouder in Deurne met vragen over opvoeden: het buurtteam denkt mee.'),
    ('R30', false, '{leefstijl}', NULL, '{[4,12]}', NULL, NULL, NULL,
        'lekker-fit', 50, 'Kind van de basisschool: gezond bewegen bij Lekker Fit!.'),
    ('R31', false, '{leefstijl}', NULL, '{[0,18]}', NULL, NULL, NULL,
        'centrale-zorgverlener', 40, 'Kind met een vraag over gewicht: een centrale zorgverlener begeleidt het gezin.'),
    ('R32', false, '{leefstijl}', '{physical-health,meaning}', '{[55,120]}', :'deurne', NULL, NULL,
        'kunst-met-impact', 45, 'Vanaf 55 jaar in Deurne: dansen houdt fit.'),
    ('R33', false, '{welzijnscoach,buurtteam}', NULL, '{[18,120]}', :'not_peel', NULL, NULL,
        NULL, NULL, 'Buiten de Peel hebben wij geen aanbod dichtbij: de ketenregie zoekt mee.'),
    ('R34', false, '{groep}', NULL, '{[26,120]}', :'not_peel', NULL, NULL,
        NULL, NULL, 'Buiten de Peel kennen wij geen groep voor deze leeftijd: de ketenregie zoekt mee.'),
    ('R35', false, '{leefstijl}', NULL, '{[19,120]}', :'not_peel', NULL, NULL,
        NULL, NULL, 'Buiten de Peel kennen wij geen leefstijlaanbod voor volwassenen: de ketenregie zoekt mee.'),
    ('R36', false, '{welzijnscoach,maatje,buurtteam,schuldhulp,taal}', NULL, '{[0,17]}', :'not_deurne', NULL, NULL,
        NULL, NULL, 'Kind of jongere buiten Deurne: de ketenregie vraagt het de eigen gemeente.'),
    ('R37', false, '{maatje}', NULL, '{[18,120]}', :'not_deurne', NULL, NULL,
        NULL, NULL, 'Maatjes zijn er alleen in Deurne: de ketenregie zoekt mee.'),
    ('R38', false, '{regie}', NULL, '{[28,120]}', :'not_deurne', NULL, NULL,
        NULL, NULL, 'Regie buiten Deurne: de ketenregie belt met de eigen gemeente.'),
    ('R39', false, '{opvoedhulp}', NULL, '{[19,120]}', :'not_deurne', NULL, NULL,
        NULL, NULL, 'Ouder buiten Deurne: de ketenregie vraagt het de eigen gemeente.'),
    ('R40', false, '{werk}', NULL, '{[68,120]}', :'not_deurne', NULL, NULL,
        NULL, NULL, 'Na het pensioen en buiten Deurne: de ketenregie zoekt mee.'),
    ('R41', false, '{groep,training,werk,regie}', NULL, '{[0,11]}', NULL, NULL, NULL,
        NULL, NULL, 'Voor een kind onder de 12 is dit er niet: de ketenregie zoekt mee.'),
    ('R99', true, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, 'Geen regel past: de ketenregie kijkt mee en zoekt een passende plek.'))
    AS r (rule_id, is_otherwise, approaches, domains, age, area, urgency, lvb, offering, weight, reason)),
'[{"id": "E01", "sentence": "Een man van 74 in 5751 die zich alleen voelt gaat naar de welzijnscoach.",
   "facts": {"approach": ["welzijnscoach", "buurtteam", "maatje", "groep"], "domains": ["social-network"], "age": 74, "area": 5751, "urgency": "routine"},
   "expect": {"offering": "welzijn-op-recept", "weight": 60}},
  {"id": "E02", "sentence": "Een jongere van 20 met schulden gaat naar het Jongeren Perspectief Fonds.",
   "facts": {"approach": ["schuldhulp"], "domains": ["finances"], "age": 20, "area": 5753, "urgency": "routine"},
   "expect": {"offering": "jpf", "weight": 60}},
  {"id": "E03", "sentence": "Een vrouw van 80 in Helmond die een maatje zoekt gaat naar de ketenregie.",
   "facts": {"approach": ["maatje"], "domains": ["meaning"], "age": 80, "area": 5701, "urgency": "routine"},
   "expect": {"offering": null}},
  {"id": "E04", "sentence": "Een nieuwkomer van 30 leert de taal bij TaalDoen!.",
   "facts": {"approach": ["taal"], "domains": ["language-and-integration"], "age": 30, "area": 5757, "urgency": "routine"},
   "expect": {"offering": "taaldoen", "weight": 60}}]') \g /dev/null

-- Table 4, which fields a recipient gets (UNIQUE): no more than is needed for the approach.
SELECT pg_temp.publish(1, 4, (SELECT json_agg(r) FROM (VALUES
    ('G01', false, NULL::text[], NULL::text[], '{coordination,gp-practice,health}'::text[],
        '{name,birth-year,area,phone,language,domains,icpc,text,urgency,situation}'::text[],
        'Ketenregie en zorg zien wat nodig is om te kiezen en te bellen, en niet wat hulpverleners schrijven.'),
    ('G02', false, NULL, '{regie,schuldhulp}', '{welfare,team,alliance}',
        '{name,birth-year,area,phone,email,language,domains,text,urgency,situation,notes}',
        'Bij regie en schulden heeft welzijn het hele verhaal nodig, behalve de medische code.'),
    ('G03', false, '{approaches}', '{regie,schuldhulp}', '{welfare,team,alliance}',
        '{name,birth-year,area,phone,language,domains,text,urgency}',
        'Welzijn krijgt wat nodig is om te bellen en het gesprek te beginnen.'),
    ('G04', false, NULL, '{schuldhulp}', '{municipality}',
        '{name,birth-year,area,phone,email,language,domains,text,urgency}',
        'Voor hulp bij schulden heeft de gemeente ook de toelichting nodig.'),
    ('G05', false, '{approaches}', '{schuldhulp}', '{municipality}', '{name,birth-year,area,phone,language,domains,urgency}',
        'De gemeente krijgt geen toelichting als die niet nodig is.'),
    ('G06', false, NULL, '{regie}', '{partner}',
        '{name,birth-year,area,phone,email,language,domains,text,urgency,situation,notes}',
        'Wie de regie voert heeft het hele verhaal nodig, behalve de medische code.'),
    ('G07', false, '{approaches}', '{regie}', '{partner}', '{name,birth-year,area,phone,language,domains}',
        'Een partner krijgt alleen wat nodig is om contact te leggen.'),
    ('G99', true, NULL, NULL, NULL, '{name,phone,language}', 'Onbekende ontvanger: alleen wat nodig is om te bellen.'))
    AS r (rule_id, is_otherwise, nots, approaches, recipient, fields, reason)),
'[{"id": "E01", "sentence": "Een danspartner krijgt geen toelichting.",
   "facts": {"approach": ["groep"], "recipient": "partner"},
   "expect": {"fields": ["name", "birth-year", "area", "phone", "language", "domains"]}},
  {"id": "E02", "sentence": "De ketenregie krijgt wat nodig is om te kiezen, en geen verslagen.",
   "facts": {"approach": ["regie"], "recipient": "coordination"},
   "expect": {"fields": ["name", "birth-year", "area", "phone", "language", "domains", "icpc", "text", "urgency", "situation"]}}]')
\g /dev/null

-- Table 5, promises and escalation (UNIQUE). Unit state: as the business state says.
SELECT pg_temp.publish(1, 5, (SELECT json_agg(r) FROM (VALUES
    ('P01', false, NULL::text[], '{deliver,offer}'::text[], '{soon}'::text[], '{[0,0]}'::int4multirange, 1, 'working-days', 1,
        'Met haast: binnen één werkdag bevestigen.'),
    ('P02', false, NULL, '{answer}', '{soon}', '{[0,0]}', 2, 'working-days', 1, 'Met haast: binnen twee werkdagen antwoord.'),
    ('P03', false, NULL, '{first-contact}', '{soon}', '{[0,0]}', 5, 'working-days', 1,
        'Met haast: binnen een week het eerste contact.'),
    ('P04', false, NULL, '{deliver,offer,answer,first-contact}', '{routine}', '{[0,0]}', NULL, 'state', 2,
        'Zonder haast gelden de gewone termijnen: het eerste contact is binnen twee weken.'),
    ('P05', false, NULL, '{next-step}', NULL, '{[0,0]}', 1, 'working-days', 1,
        'Na een weigering kijkt de ketenregie binnen één werkdag.'),
    ('P06', false, '{promise}', '{deliver,offer,answer,first-contact,next-step,call-back}', NULL, '{[0,0]}', NULL, 'state', 5,
        'Voor al het andere geldt de termijn die bij de stap hoort.'),
    ('P10', false, NULL, '{call-back}', NULL, '{[0,0]}', NULL, 'state', 1,
        'Beloofd terug te bellen en niet gedaan: na één werkdag hoort de organisatie het.'),
    ('P07', false, NULL, NULL, '{soon}', '{[1,3]}', 1, 'working-days', 1, 'Te laat en met haast: elke werkdag een trede hoger.'),
    ('P08', false, NULL, NULL, '{routine}', '{[1,1]}', 2, 'working-days', 2, 'Te laat: nog twee werkdagen voor de organisatie.'),
    ('P09', false, NULL, NULL, '{routine}', '{[2,3]}', 1, 'working-days', 1, 'Nog steeds te laat: de ketenregie belt.'),
    ('P99', true, NULL, NULL, NULL, NULL, NULL, 'state', 5, 'De termijn die bij de stap hoort.'))
    AS r (rule_id, is_otherwise, nots, promise, urgency, level, amount, unit, escalate_after, reason)),
'[{"id": "E01", "sentence": "Bij haast belt de organisatie binnen een week.",
   "facts": {"promise": "first-contact", "urgency": "soon", "level": 0},
   "expect": {"amount": 5, "unit": "working-days"}},
  {"id": "E02", "sentence": "Een gewone afspraak voor een intake blijft zoals hij is.",
   "facts": {"promise": "intake", "urgency": "routine", "level": 0},
   "expect": {"unit": "state"}}]') \g /dev/null

-- Table 6, what follows a decline (UNIQUE).
SELECT pg_temp.publish(1, 6, (SELECT json_agg(r) FROM (VALUES
    ('D01', false, '{capacity,waiting-too-long,outside-area,age,not-fitting,language-or-access}'::text[], '{routine}'::text[],
        '{[1,3]}'::int4multirange, 'next-candidate', 'Een ander aanbod kan ook passen.'),
    ('D02', false, '{capacity,waiting-too-long,outside-area,age,not-fitting,language-or-access}', '{soon}', '{[1,2]}',
        'next-candidate', 'Een ander aanbod kan ook passen, en er is haast.'),
    ('D03', false, '{capacity,waiting-too-long,outside-area,age,not-fitting,language-or-access}', '{routine}', '{[4,20]}',
        'coordinator', 'Vier keer geweigerd: de ketenregie kijkt mee.'),
    ('D04', false, '{capacity,waiting-too-long,outside-area,age,not-fitting,language-or-access}', '{soon}', '{[3,20]}',
        'coordinator', 'Drie keer geweigerd terwijl er haast is: de ketenregie kijkt mee.'),
    ('D05', false, '{heavier-help-needed,safety,other}', NULL, NULL, 'coordinator',
        'Hier moet eerst iemand over nadenken: de ketenregie kijkt mee.'),
    ('D06', false, '{information-incomplete,consent-missing}', NULL, NULL, 'ask-referrer',
        'De verwijzer weet meer: de ketenregie vraagt het na.'),
    ('D07', false, '{duplicate,client-does-not-want,client-not-reached}', NULL, NULL, 'stop',
        'Iemand anders vragen helpt niet: de verwijzer hoort waarom het stopt.'),
    ('D99', true, NULL, NULL, NULL, 'coordinator', 'De ketenregie kijkt mee.'))
    AS r (rule_id, is_otherwise, decline, urgency, tries, next, reason)),
'[{"id": "E01", "sentence": "Vol bij de eerste: het volgende aanbod krijgt de vraag.",
   "facts": {"decline": "capacity", "urgency": "routine", "tries": 1}, "expect": {"next": "next-candidate"}},
  {"id": "E02", "sentence": "Na vier weigeringen kijkt de ketenregie mee.",
   "facts": {"decline": "capacity", "urgency": "routine", "tries": 4}, "expect": {"next": "coordinator"}},
  {"id": "E03", "sentence": "De inwoner wil het niet: dan stopt het.",
   "facts": {"decline": "client-does-not-want", "urgency": "soon", "tries": 1}, "expect": {"next": "stop"}}]') \g /dev/null

-- Table 7, how a referrer hears of a milestone (UNIQUE).
SELECT pg_temp.publish(1, 7, (SELECT json_agg(r) FROM (VALUES
    ('F01', false, NULL::text[],
        '{accepted,declined,declined-forwarded,question-to-referrer,unreachable,client-withdrew,withdrawn}'::text[],
        NULL::text[], 'at-once', 'wijzer', 'Hier wacht de verwijzer op, of hier moet hij iets mee.'),
    ('F02', false, NULL, '{waiting-list,first-contact,taking-part}',
        '{huisartsenpraktijk-de-peel,huisartsenpraktijk-vlierden}', 'digest', 'wijzer',
        'Een huisarts leest goed nieuws liever in één keer.'),
    ('F03', false, '{referrer}', '{waiting-list,first-contact,taking-part}',
        '{huisartsenpraktijk-de-peel,huisartsenpraktijk-vlierden}', 'at-once', 'wijzer',
        'Andere verwijzers volgen de inwoner van dichtbij.'),
    ('F04', false, NULL, '{done-goal-reached,done-partly,done-not-reached}', NULL, 'end', 'wijzer',
        'Aan het einde hoort de verwijzer wat het heeft opgeleverd.'),
    ('F05', false, '{milestone}',
        '{accepted,declined,declined-forwarded,question-to-referrer,unreachable,client-withdrew,withdrawn,waiting-list,first-contact,taking-part,done-goal-reached,done-partly,done-not-reached}',
        NULL, 'none', 'wijzer', 'Deze tussenstap hoeft de verwijzer niet te weten.'),
    ('F99', true, NULL, NULL, NULL, 'at-once', 'wijzer', 'Liever te veel verteld dan te weinig.'))
    AS r (rule_id, is_otherwise, nots, milestone, referrer, form, channel, reason)),
'[{"id": "E01", "sentence": "De huisarts hoort meteen dat de verwijzing is aangenomen.",
   "facts": {"milestone": "accepted", "referrer": "huisartsenpraktijk-de-peel"}, "expect": {"form": "at-once", "channel": "wijzer"}},
  {"id": "E02", "sentence": "Een mislukte poging om te bellen hoeft de huisarts niet te weten.",
   "facts": {"milestone": "contact-attempt", "referrer": "huisartsenpraktijk-vlierden"}, "expect": {"form": "none"}}]')
\g /dev/null

-- A second region: what happens there must not be seen in Deurne, nor the other way round.
SELECT set_config('wijzer.region', '2', true) \g /dev/null
INSERT INTO data.region (region_id, code, name) VALUES (2, 'elders', 'Elders') ON CONFLICT DO NOTHING;
SELECT data.seed_vocabulary(2) \g /dev/null

INSERT INTO data.organisation (region_id, code, name, kind)
VALUES
    (2, 'ketenregie-elders', 'Ketenregie Elders', 'coordination'),
    (2, 'huisartsenpraktijk-elders', 'Huisartsenpraktijk Elders', 'gp-practice'),
    (2, 'welzijn-elders', 'Welzijn Elders', 'welfare')
ON CONFLICT (region_id, code) DO UPDATE SET name = excluded.name, kind = excluded.kind;

UPDATE data.region r SET coordination_id = o.organisation_id
FROM data.organisation o
WHERE r.region_id = 2 AND o.region_id = 2 AND o.code = 'ketenregie-elders';

INSERT INTO data.account (region_id, organisation_id, name, role)
SELECT 2, o.organisation_id, a.name, a.role
FROM (VALUES
    ('huisartsenpraktijk-elders', 'gp', 'referrer'),
    ('welzijn-elders', 'worker', 'worker'),
    ('ketenregie-elders', 'coordinator', 'coordinator')) AS a (organisation, name, role)
JOIN data.organisation o ON o.region_id = 2 AND o.code = a.organisation
ON CONFLICT (region_id, organisation_id, name) DO UPDATE SET role = excluded.role;

INSERT INTO data.offering (region_id, code, name, organisation_id, kind)
SELECT 2, 'welzijnscoach', 'Welzijnscoach', o.organisation_id, 'individual coaching'
FROM data.organisation o WHERE o.region_id = 2 AND o.code = 'welzijn-elders'
ON CONFLICT DO NOTHING;

SELECT pg_temp.publish(2, 1, (SELECT json_agg(r) FROM (VALUES
    ('X01', false, 'continue', 'Er is geen reden om deze vraag apart te behandelen.'),
    ('X99', true, 'continue', 'Er is geen reden om deze vraag apart te behandelen.'))
    AS r (rule_id, is_otherwise, action, reason))) \g /dev/null
SELECT pg_temp.publish(2, 2, (SELECT json_agg(r) FROM (VALUES
    ('A01', false, 'welzijnscoach', 50, 'De welzijnscoach kijkt wat past.'),
    ('A99', true, NULL, NULL, 'Er past geen aanpak bij deze vraag.'))
    AS r (rule_id, is_otherwise, approach, weight, reason))) \g /dev/null
SELECT pg_temp.publish(2, 3, (SELECT json_agg(r) FROM (VALUES
    ('R01', false, NULL::text[], '{welzijnscoach}'::text[], '{[18,120]}'::int4multirange, 'welzijnscoach', 50,
        'Volwassene: de welzijnscoach.'),
    ('R02', false, NULL, '{welzijnscoach}', '{[0,17]}', NULL, NULL, 'Kind of jongere: de ketenregie kijkt mee.'),
    ('R03', false, '{approaches}', '{welzijnscoach}', NULL, NULL, NULL, 'Een andere aanpak: de ketenregie kijkt mee.'),
    ('R99', true, NULL, NULL, NULL, NULL, NULL, 'Geen regel past: de ketenregie kijkt mee.'))
    AS r (rule_id, is_otherwise, nots, approaches, age, offering, weight, reason))) \g /dev/null
SELECT pg_temp.publish(2, 6, (SELECT json_agg(r) FROM (VALUES
    ('D01', false, NULL::text[], '{duplicate,client-does-not-want,client-not-reached}'::text[], 'stop',
        'Iemand anders vragen helpt niet.'),
    ('D02', false, '{decline}', '{duplicate,client-does-not-want,client-not-reached}', 'next-candidate',
        'Een ander aanbod kan ook passen.'),
    ('D99', true, NULL, NULL, 'coordinator', 'De ketenregie kijkt mee.'))
    AS r (rule_id, is_otherwise, nots, decline, next, reason))) \g /dev/null

UPDATE data.region SET version = version + 1 WHERE region_id IN (1, 2);

COMMIT;
