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
    ('buurtteam', 'worker2', 'worker'),
    ('ketenregie-deurne', 'coordinator', 'coordinator'),
    ('ketenregie-deurne', 'steward', 'steward')) AS a (organisation, name, role)
JOIN data.organisation o ON o.region_id = 1 AND o.code = a.organisation
ON CONFLICT (region_id, organisation_id, name) DO UPDATE SET role = excluded.role;

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

-- Table 3 (approach, area, group -> offering), version 1, hit policy FIRST: specific rows before general ones.
INSERT INTO data.rule_table (region_id, table_no, version, hit_policy, name, published_at)
VALUES (1, 3, 1, 'F', 'Aanpak, gebied en groep naar aanbod', '2026-01-01 00:00:00+00')
ON CONFLICT DO NOTHING;

INSERT INTO data.rule (region_id, table_no, version, rule_id, position, domains, areas, age_min, age_max, urgency,
                       offering_id, organisation_id, reason)
SELECT 1, 3, 1, r.rule_id, row_number() OVER (), r.domains, r.areas, r.age_min, r.age_max, r.urgency,
       f.offering_id, coalesce(f.organisation_id, g.coordination_id), r.reason
FROM (VALUES
    ('R01', '{justice}'::text[], NULL::text[], 12::int, 17::int, NULL::text, 'jeugdreclassering-2',
        'Jongere onder de 18 met politie of justitie: begeleiding door de jeugdreclassering.'),
    ('R02', '{justice}', NULL, 18, 23, NULL, 'herstelgericht-werken',
        'Jongvolwassene met politie of justitie: herstelgericht werken met alle partijen.'),
    ('R03', '{justice}', NULL, 24, 27, NULL, 'forsa',
        'Jongvolwassene na detentie: Forsa! neemt het hele traject in de hand.'),
    ('R04', '{finances}', NULL, 18, 27, NULL, 'jpf',
        'Jongere met schulden: het Jongeren Perspectief Fonds lost schulden op en coacht.'),
    ('R05', '{finances}', NULL, 28, NULL, 'soon', 'vroegsignalering',
        'Geldzorgen met haast: de gemeente neemt direct contact op over schulden.'),
    ('R06', '{finances}', NULL, 18, NULL, NULL, 'vroegsignalering',
        'Geldzorgen: de gemeente helpt schulden voorkomen en oplossen.'),
    ('R07', '{housing}', NULL, 18, NULL, 'soon', 'buurtteam',
        'Woonprobleem met haast: het buurtteam komt in actie.'),
    ('R08', '{language-and-integration}', NULL, 18, NULL, NULL, 'taaldoen',
        'Taal en inburgering: brede intake en taalles bij TaalDoen!.'),
    ('R09', '{upbringing}', NULL, 0, 3, NULL, 'giz',
        'Jong kind en opvoeden: samen kijken wat nodig is met de GIZ-methodiek.'),
    ('R10', '{physical-health}', NULL, 4, 12, NULL, 'lekker-fit',
        'Kind van de basisschool en gezond bewegen: Lekker Fit!.'),
    ('R11', '{physical-health,upbringing}', NULL, 0, 18, NULL, 'centrale-zorgverlener',
        'Kind met een vraag over gewicht of opvoeden: een centrale zorgverlener begeleidt het gezin.'),
    ('R12', '{social-network,mental-health}', NULL, 12, 25, NULL, 'join-us',
        'Jongere die zich alleen voelt: samen met anderen bij Join us.'),
    ('R13', '{participation,work-and-education}', NULL, 12, 17, NULL, 'young-leaders',
        'Jongere die wil meedoen: Young Leaders begint bij de eigen motivatie.'),
    ('R14', '{work-and-education}', NULL, 18, 67, NULL, 'scharrelondernemen',
        'Zonder werk en iets willen proberen: in eigen tempo bij de coöperatie.'),
    ('R15', '{family-relations}', NULL, 18, NULL, NULL, 'relatie-apk',
        'Vragen over de relatie: spreekuur of training van de Relatie APK.'),
    ('R16', '{social-network}', '{5751,5752,5753,5754,5756,5757,5758,5759}', 75, NULL, NULL, 'welzijn-op-recept',
        'Oudere in Deurne met weinig mensen om zich heen: de welzijnscoach van LEVgroep belt binnen twee weken.'),
    ('R17', '{social-network,meaning}', '{5757,5758,5759}', 65, NULL, NULL, 'ouderen-studenten',
        'Oudere in een kern zonder welzijnsgebouw: een maatje komt aan huis.'),
    ('R18', '{meaning,physical-health}', '{5751,5752,5753,5754,5756,5757,5758,5759}', 55, NULL, NULL, 'kunst-met-impact',
        'Oudere die beweging en zingeving zoekt: dansen met anderen.'),
    ('R19', '{daily-living,day-activity}', '{5751,5752,5753,5754,5756,5757,5758,5759}', 65, NULL, NULL, 'ouderen-studenten',
        'Oudere die hulp en gezelschap in huis zoekt: een student als maatje.'),
    ('R20', '{social-network,meaning,participation,mental-health}', '{5751,5752,5753,5754,5756,5757,5758,5759}', 18, NULL, NULL, 'welzijn-op-recept',
        'Klachten die om gezelschap, zingeving of meedoen vragen: Welzijn op Recept bij LEVgroep.'),
    ('R21', '{day-activity,daily-living,housing}', '{5751,5752,5753,5754,5756,5757,5758,5759}', 18, NULL, NULL, 'buurtteam',
        'Dagelijks leven, daginvulling of wonen in Deurne: het buurtteam kijkt mee.'),
    ('R22', '{physical-health,substance-use}', '{5751,5752,5753,5754,5756,5757,5758,5759}', 18, NULL, NULL, 'klantwijzer',
        'Leefstijl in Deurne: de Klantwijzer zoekt passend aanbod.'),
    ('R23', '{social-network,participation,meaning}', '{57}', 18, NULL, NULL, 'klantwijzer',
        'Inwoner van de Peelregio buiten Deurne: de Klantwijzer kijkt wat dichtbij is.'),
    ('R24', NULL, '{5751,5752,5753,5754,5756,5757,5758,5759}', 18, NULL, 'soon', 'klantwijzer',
        'Haast en geen eerdere regel past: de Klantwijzer antwoordt direct.'),
    ('R25', NULL, NULL, NULL, NULL, NULL, NULL,
        'Geen regel past: de ketenregie kijkt mee en zoekt een passende plek.')
    ) AS r (rule_id, domains, areas, age_min, age_max, urgency, offering, reason)
CROSS JOIN (SELECT coordination_id FROM data.region WHERE region_id = 1) g
LEFT JOIN data.offering f ON f.region_id = 1 AND f.code = r.offering
ON CONFLICT DO NOTHING;

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

INSERT INTO data.rule_table (region_id, table_no, version, hit_policy, name, published_at)
VALUES (2, 3, 1, 'F', 'Aanpak, gebied en groep naar aanbod', '2026-01-01 00:00:00+00')
ON CONFLICT DO NOTHING;

INSERT INTO data.rule (region_id, table_no, version, rule_id, position, age_min, offering_id, organisation_id, reason)
SELECT 2, 3, 1, 'R01', 1, 18, f.offering_id, f.organisation_id, 'Volwassene: de welzijnscoach.'
FROM data.offering f WHERE f.region_id = 2 AND f.code = 'welzijnscoach'
UNION ALL
SELECT 2, 3, 1, 'R02', 2, NULL, NULL, r.coordination_id, 'Geen regel past: de ketenregie kijkt mee.'
FROM data.region r WHERE r.region_id = 2
ON CONFLICT DO NOTHING;

UPDATE data.region SET version = version + 1 WHERE region_id IN (1, 2);

COMMIT;
