-- The whole vocabulary for a new region, with Dutch labels: one call. Rows that are there already (reworded by the
-- region) are left alone. For the steward's hands, not the daemon's: run as owner or superuser.
CREATE OR REPLACE FUNCTION data.seed_words(p_region int) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO data.domain (region_id, code, label, position)
    SELECT p_region, code, label, row_number() OVER ()
    FROM (VALUES
        ('finances', 'Geld en schulden'),
        ('work-and-education', 'Werk en opleiding'),
        ('day-activity', 'Daginvulling'),
        ('housing', 'Wonen'),
        ('family-relations', 'Gezin en relaties'),
        ('mental-health', 'Geestelijke gezondheid'),
        ('physical-health', 'Lichamelijke gezondheid'),
        ('substance-use', 'Alcohol en drugs'),
        ('daily-living', 'Dagelijks leven'),
        ('social-network', 'Mensen om je heen'),
        ('participation', 'Meedoen'),
        ('justice', 'Politie en justitie'),
        ('upbringing', 'Opvoeden'),
        ('language-and-integration', 'Taal en inburgering'),
        ('meaning', 'Zingeving')) AS word (code, label)
    ON CONFLICT DO NOTHING;

    INSERT INTO data.icpc (region_id, code, label)
    SELECT p_region, code, label
    FROM (VALUES
        ('Z01', 'Armoede of geldproblemen'), ('Z02', 'Probleem met voedsel of water'),
        ('Z03', 'Probleem met wonen of de buurt'), ('Z04', 'Sociaal-cultureel probleem'),
        ('Z05', 'Probleem met werk'), ('Z06', 'Werkloosheid'), ('Z07', 'Probleem met onderwijs'),
        ('Z08', 'Probleem met sociale voorzieningen'), ('Z09', 'Juridisch probleem'),
        ('Z10', 'Probleem met de gezondheidszorg'), ('Z11', 'Moeite met meewerken aan behandeling'),
        ('Z12', 'Relatieprobleem met partner'), ('Z13', 'Probleem met gedrag van partner'),
        ('Z14', 'Probleem door ziekte van partner'), ('Z15', 'Verlies van partner'),
        ('Z16', 'Relatieprobleem met kind'), ('Z18', 'Probleem door ziekte van kind'), ('Z19', 'Verlies van kind'),
        ('Z20', 'Relatieprobleem met ouders of familie'), ('Z21', 'Probleem met gedrag van familie'),
        ('Z22', 'Probleem door ziekte van familie'), ('Z23', 'Verlies van familielid'),
        ('Z24', 'Relatieprobleem met vrienden'), ('Z25', 'Geweld'), ('Z27', 'Angst voor een sociaal probleem'),
        ('Z28', 'Sociale beperking'), ('Z29', 'Ander sociaal probleem')) AS word (code, label)
    ON CONFLICT DO NOTHING;

    SELECT data.seed_approaches(p_region); -- made with their table, for the regions of that time

    -- The ladder of Movisie's database of effective social interventions, from least to most.
    INSERT INTO data.evidence_level (region_id, code, label, position)
    SELECT p_region, code, label, row_number() OVER ()
    FROM (VALUES
        ('well-described', 'Goed beschreven'),
        ('well-founded', 'Goed onderbouwd'),
        ('first-indications', 'Eerste aanwijzingen dat het werkt'),
        ('good-indications', 'Goede aanwijzingen dat het werkt'),
        ('strong-indications', 'Sterke aanwijzingen dat het werkt')) AS word (code, label)
    ON CONFLICT DO NOTHING;

    INSERT INTO data.promise_kind (region_id, code, label)
    SELECT p_region, code, label
    FROM (VALUES
        ('deliver', 'Ontvangst bevestigen of antwoord geven'),
        ('answer', 'Antwoord geven: accepteren of weigeren'),
        ('answer-question', 'Vraag beantwoorden'),
        ('first-contact', 'Eerste contact met de inwoner'),
        ('review', 'Plaats op de wachtlijst bekijken'),
        ('next-attempt', 'Opnieuw contact zoeken'),
        ('intake', 'Intakegesprek voeren'),
        ('new-appointment', 'Nieuwe afspraak maken'),
        ('follow-up', 'Vragen hoe het gaat'),
        ('resume', 'Weer oppakken'),
        ('feedback', 'Terugkoppeling lezen'),
        ('tell-client', 'De inwoner vertellen hoe het afliep, en vragen of het hielp'),
        ('next-step', 'Volgende stap bepalen'),
        ('confirm-withdrawal', 'Intrekking bevestigen'),
        ('wrap-up', 'Afronden nu de takken klaar zijn'),
        ('decide', 'Beslissen over een geplande stap'),
        ('finish-draft', 'Concept afmaken'),
        ('offer', 'Reageren op het aanbod'),
        ('call-back', 'Terugbellen, zoals beloofd'),
        ('take-place', 'De plek aannemen of teruggeven'),
        ('confirm', 'Zeggen of het aanbod nog klopt')) AS word (code, label)
    ON CONFLICT DO NOTHING;

    INSERT INTO data.event_kind (region_id, code, label)
    SELECT p_region, code, label
    FROM (VALUES
        ('referral-sent', 'Verwijzing verstuurd'),
        ('step-made', 'Nieuwe stap verstuurd'),
        ('step-moved', 'Stap gewijzigd'),
        ('promise-started', 'Nieuwe termijn'),
        ('promise-overdue', 'Toezegging niet op tijd nagekomen'),
        ('outcome-rolled-up', 'Uitkomst bepaald'),
        ('feedback-opened', 'Terugkoppeling gelezen'),
        ('story-told', 'Verhaal verteld aan de verwijzer'),
        ('feedback-digest', 'Dagoverzicht van terugkoppelingen'),
        ('branch-not-shared', 'Doorgeleid naar wie naam of telefoonnummer van de inwoner niet ziet'),
        ('contract-changed', 'De ketenregie heeft gewijzigd wat u terughoort'),
        ('subscription-gone', 'Afgemeld: het adres van uw webhook is opgeheven'),
        ('consent-changed', 'Toestemming gewijzigd'),
        ('consent-withdrawn', 'Toestemming ingetrokken'),
        ('loop-closed', 'Verwijzing afgesloten'),
        ('step-picked-up', 'Stap opgepakt'),
        ('step-put-back', 'Stap teruggelegd'),
        ('referral-reopened', 'Verwijzing heropend'),
        ('referral-merged', 'Verwijzing samengevoegd met een andere'),
        ('referral-joined', 'Samengevoegd: wat in een andere verwijzing werd gevraagd, hoort hier nu bij'),
        ('step-follows', 'Geplande stap wacht nu op een andere'),
        ('director-changed', 'Andere regisseur'),
        ('branch-ended', 'Een tak is klaar'),
        ('branch-declined', 'Een tak is geweigerd'),
        ('step-reassigned', 'Verwijzing overgedragen aan een ander'),
        ('step-taken-over', 'Stap overgenomen door een collega'),
        ('call-back-promised', 'Beloofd terug te bellen'),
        ('call-back-kept', 'Teruggebeld'),
        ('call-back-released', 'Terugbellen hoeft niet meer'),
        ('place-taken', 'Plek in een groep'),
        ('place-waiting', 'Op de wachtlijst van een groep'),
        ('place-offered', 'Plek vrij in een groep: aan de beurt'),
        ('place-given-up', 'Plek in een groep teruggegeven'),
        ('place-lost', 'De groep gaat niet door, of begint zonder deze inwoner'),
        ('place-attended', 'Aanwezigheid genoteerd'),
        ('confirmation-asked', 'Klopt het aanbod nog?'),
        ('confirmation-overdue', 'Niemand zei of het aanbod nog klopt'),
        ('goal-set', 'Doel van de inwoner'),
        ('goal-scored', 'Cijfer voor een doel'),
        ('goal-ended', 'Doel afgerond'),
        ('message-sent', 'Bericht gestuurd'),
        ('message-read', 'Berichten gelezen'),
        ('attachment-added', 'Bijlage toegevoegd'),
        ('emergency-used', 'Noodknop gebruikt'),
        ('emergency-overdue', 'Noodknop nog niet bekeken'),
        ('emergency-reviewed', 'Noodknop bekeken door een ander'),
        ('client-told', 'Inwoner ingelicht over de noodknop'),
        ('client-asked', 'Inwoner weet de afloop; gevraagd of het hielp'),
        ('enrolled', 'Nieuwe toegang'),
        ('role-changed', 'Andere rol'),
        ('identity-added', 'Andere sleutel'),
        ('client-corrected', 'Gegevens van de inwoner verbeterd'),
        ('client-restricted', 'Gegevens van de inwoner op slot gezet'),
        ('restriction-lifted', 'Gegevens van de inwoner weer vrijgegeven'),
        ('client-erased', 'Inwoner vergeten'),
        ('retention-erased', 'Inwoner vergeten: de bewaartermijn is voorbij'),
        ('client-key-destroyed', 'Sleutel van de inwoner vernietigd')) AS word (code, label)
    ON CONFLICT DO NOTHING;

    INSERT INTO data.decline_code (region_id, code, label, by, next, position)
    SELECT p_region, code, label, by, next, row_number() OVER ()
    FROM (VALUES
        ('capacity', 'We zitten vol', 'offerer', 'reroute'),
        ('waiting-too-long', 'De wachttijd is te lang', 'client', 'reroute'),
        ('outside-area', 'Buiten ons werkgebied', 'offerer', 'reroute'),
        ('age', 'Leeftijd past niet bij het aanbod', 'offerer', 'reroute'),
        ('not-fitting', 'Deze hulp past niet bij de vraag', 'offerer', 'reroute'),
        ('heavier-help-needed', 'Zwaardere hulp is nodig', 'offerer', 'reroute'),
        ('information-incomplete', 'Er ontbreekt informatie', 'referrer', 'ask-referrer'),
        ('duplicate', 'Deze inwoner is al aangemeld', 'referrer', 'stop'),
        ('language-or-access', 'Taal of toegankelijkheid lukt niet', 'offerer', 'reroute'),
        ('safety', 'Niet veilig', 'offerer', 'reroute'),
        ('client-does-not-want', 'De inwoner wil dit niet', 'client', 'stop'),
        ('client-not-reached', 'De inwoner is niet bereikt', 'client', 'stop'),
        ('consent-missing', 'Toestemming ontbreekt', 'client', 'ask-referrer'),
        ('other', 'Anders', 'offerer', 'reroute')) AS word (code, label, by, next)
    ON CONFLICT DO NOTHING;
$$;

-- set_by: 1 referrer, 2 recipient, 4 coordinator, 8 system. needs: 1 text, 2 reason, 4 date, 8 channel, 16 decline code, 32 offerings.
CREATE OR REPLACE FUNCTION data.seed_states(p_region int) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO data.state (region_id, code, label, status, set_by, needs, promise_kind, promise_unit, promise_amount,
                            promise_party, outcome_rank, feedback, position)
    SELECT p_region, code, label, status, set_by, needs, kind, unit, amount, party, rank, feedback,
           row_number() OVER ()
    FROM (VALUES
        ('draft', 'Concept', 'draft', 1, 0, 'finish-draft', 'days', 14, 'referrer', NULL::int, NULL::text),
        ('offered', 'Aangeboden (zonder naam)', 'requested', 8, 0, 'offer', 'working-days', 2, 'recipient', NULL, NULL),
        ('sent', 'Verstuurd', 'requested', 1 | 2 | 4 | 8, 0, 'deliver', 'working-days', 2, 'recipient', NULL, NULL),
        ('received', 'Ontvangen', 'received', 1 | 2 | 8, 0, 'answer', 'working-days', 5, 'recipient', NULL, NULL),
        ('question-to-referrer', 'Vraag aan verwijzer', 'received', 2, 1, 'answer-question', 'working-days', 5,
            'referrer', NULL, '{organisation} heeft een vraag aan u.'),
        ('accepted', 'Geaccepteerd', 'accepted', 2, 0, 'first-contact', 'days', 14, 'recipient', NULL,
            '{organisation} neemt de verwijzing aan en belt de inwoner binnen twee weken.'),
        ('waiting-list', 'Wachtlijst', 'accepted', 2, 4, 'review', 'date', 0, 'recipient', NULL,
            '{organisation} heeft de inwoner op de wachtlijst gezet, naar verwachting tot {date}.'),
        ('contact-attempt', 'Contactpoging', 'accepted', 2, 8, 'next-attempt', 'working-days', 3, 'recipient', NULL,
            NULL),
        ('first-contact', 'Eerste contact gelukt', 'in-progress', 2, 0, 'follow-up', 'days', 14, 'recipient', NULL,
            '{organisation} heeft het eerste contact met de inwoner gehad.'),
        ('intake-planned', 'Intake gepland', 'in-progress', 2, 4, 'intake', 'date', 0, 'recipient', NULL, NULL),
        ('no-show', 'Niet verschenen', 'in-progress', 2, 0, 'new-appointment', 'working-days', 5, 'recipient', NULL,
            NULL),
        ('intake-done', 'Intake klaar', 'in-progress', 2, 1, 'follow-up', 'days', 14, 'recipient', NULL, NULL),
        ('passed-on', 'Doorgeleid (nieuwe tak)', 'in-progress', 2, 32, NULL, 'none', 0, NULL, NULL, NULL),
        ('taking-part', 'Doet mee', 'in-progress', 2, 0, 'follow-up', 'months', 3, 'recipient', NULL,
            'De inwoner doet mee bij {organisation}.'),
        ('paused', 'Gepauzeerd', 'on-hold', 2, 2 | 4, 'resume', 'date', 0, 'recipient', NULL, NULL),
        ('done-goal-reached', 'Afgerond, doel bereikt', 'completed', 2, 0, 'feedback', 'working-days', 2, 'referrer', 1,
            'Het traject bij {organisation} is afgerond. Het doel is bereikt.'),
        ('done-partly', 'Afgerond, doel deels bereikt', 'completed', 2, 0, 'feedback', 'working-days', 2, 'referrer', 2,
            'Het traject bij {organisation} is afgerond. Het doel is deels bereikt.'),
        ('done-not-reached', 'Afgerond, doel niet bereikt', 'failed', 2, 2, 'feedback', 'working-days', 2, 'referrer',
            3, 'Het traject bij {organisation} is afgerond. Het doel is niet bereikt.'),
        ('unreachable', 'Inwoner niet bereikt', 'failed', 2, 0, 'feedback', 'working-days', 2, 'referrer', 4,
            'Het is {organisation} niet gelukt om de inwoner te bereiken.'),
        ('client-withdrew', 'Inwoner ziet ervan af', 'cancelled', 2, 2, 'feedback', 'working-days', 2, 'referrer', 5,
            'De inwoner ziet af van hulp van {organisation}.'),
        ('declined', 'Geweigerd', 'rejected', 2, 16, 'next-step', 'working-days', 1, 'coordinator', 7,
            '{organisation} kan de verwijzing niet aannemen.'),
        ('declined-forwarded', 'Geweigerd, doorgestuurd', 'rejected', 2, 16 | 32, NULL, 'none', 0, NULL, 8,
            '{organisation} kan de verwijzing niet aannemen en heeft haar doorgestuurd.'),
        ('withdrawal-asked', 'Intrekking gevraagd', 'unchanged', 1, 2, 'confirm-withdrawal', 'working-days', 2,
            'recipient', NULL, NULL),
        ('withdrawn', 'Ingetrokken', 'cancelled', 2, 0, NULL, 'none', 0, NULL, 6,
            '{organisation} bevestigt dat de verwijzing is ingetrokken.'),
        ('entered-in-error', 'Foutief ingevoerd', 'entered-in-error', 1, 2, NULL, 'none', 0, NULL, 9, NULL),
        -- By the coordination, because nobody acts: the step that comes in its place has the outcome, never this one.
        ('reassigned', 'Overgedragen door de ketenregie', 'cancelled', 4, 2, NULL, 'none', 0, NULL, 10, NULL),
        -- By merging alone, so no edge leads there: the referral in which it goes on has the outcome.
        ('merged', 'Samengevoegd met een andere verwijzing', 'cancelled', 8, 0, NULL, 'none', 0, NULL, 10,
            'Deze verwijzing is samengevoegd met een andere verwijzing van dezelfde inwoner.'),
        -- Waits for another step (functions/tree.sql), which is why it starts no promise: its own starts when that step ends
        -- otherwise than well, for who decides about it, who stands in the place of the recipient.
        ('planned', 'Gepland: begint na een andere stap', 'draft', 8, 0, 'decide', 'working-days', 2, 'recipient', NULL, NULL),
        ('dropped', 'Vervallen: niet meer nodig', 'cancelled', 2 | 4, 2, NULL, 'none', 0, NULL, 11, NULL),
        -- By the system: somebody else took the offer, or it is over (functions/offer.sql). Never an outcome.
        ('offer-gone', 'Aanbod vervallen', 'cancelled', 8, 0, NULL, 'none', 0, NULL, 12, NULL))
        AS word (code, label, status, set_by, needs, kind, unit, amount, party, rank, feedback)
    ON CONFLICT DO NOTHING;

    -- Whoever reports "in progress" for the first time reports a contact with the client: no other way leads there,
    -- which is what makes L3 a fact. So nothing but these leads on from accepted or from a withdrawal asked for.
    INSERT INTO data.edge (region_id, from_state, to_state, set_by)
    SELECT p_region, from_state, to_state, set_by
    FROM (VALUES
        ('draft', '{sent,offered}', 1 | 8),
        ('planned', '{sent,dropped}', 2 | 4 | 8),
        ('offered', '{sent}', 8),
        ('offered', '{accepted,declined}', NULL),
        ('offered', '{offer-gone}', 8),
        ('offered', '{withdrawn}', 1 | 8),
        ('sent', '{received}', 2 | 8),
        ('sent', '{question-to-referrer,accepted,declined,declined-forwarded}', NULL),
        ('received', '{question-to-referrer,accepted,declined,declined-forwarded}', NULL),
        ('question-to-referrer', '{received}', 1 | 2),
        ('question-to-referrer', '{accepted,declined,declined-forwarded}', NULL),
        ('accepted', '{waiting-list,contact-attempt,first-contact,unreachable}', NULL),
        ('waiting-list', '{accepted,waiting-list,contact-attempt,first-contact,declined,declined-forwarded,unreachable}',
            NULL),
        ('contact-attempt', '{contact-attempt,waiting-list,first-contact,unreachable}', NULL),
        ('first-contact', '{first-contact,intake-planned,intake-done,passed-on,taking-part,paused}', NULL),
        ('first-contact', '{done-goal-reached,done-partly,done-not-reached}', NULL),
        ('intake-planned', '{intake-planned,no-show,intake-done,passed-on,taking-part,paused}', NULL),
        ('intake-planned', '{done-goal-reached,done-partly,done-not-reached}', NULL),
        ('no-show', '{intake-planned,first-contact,intake-done,taking-part,paused,done-not-reached}', NULL),
        ('intake-done', '{intake-planned,passed-on,taking-part,paused}', NULL),
        ('intake-done', '{done-goal-reached,done-partly,done-not-reached}', NULL),
        ('passed-on', '{passed-on,intake-planned,taking-part,paused}', NULL),
        ('passed-on', '{done-goal-reached,done-partly,done-not-reached}', NULL),
        ('taking-part', '{taking-part,intake-planned,passed-on,paused}', NULL),
        ('taking-part', '{done-goal-reached,done-partly,done-not-reached}', NULL),
        ('paused', '{paused,taking-part}', NULL),
        ('withdrawal-asked', '{withdrawn,accepted,waiting-list,contact-attempt,first-contact,intake-planned}', NULL),
        ('withdrawal-asked', '{intake-done,taking-part,declined,unreachable,done-goal-reached,done-partly}', NULL))
        AS edge (from_state, to_states, set_by), unnest(to_states::text[]) AS to_state
    UNION ALL
    SELECT p_region, s.code, t.to_state, NULL
    FROM data.state s, (VALUES ('client-withdrew'), ('entered-in-error'), ('withdrawal-asked'), ('reassigned')) AS t (to_state)
    WHERE s.region_id = p_region AND s.outcome_rank IS NULL AND s.code <> 'planned'
      AND t.to_state <> s.code AND NOT (s.code = 'draft' AND t.to_state IN ('withdrawal-asked', 'reassigned'))
    ON CONFLICT DO NOTHING;

    -- A region of before: who planned a step sends it (the edges from draft and offered stay for referrer and system).
    UPDATE data.state SET set_by = set_by | 2 | 4 WHERE region_id = p_region AND code = 'sent';
    UPDATE data.edge SET set_by = 1 | 8
    WHERE region_id = p_region AND from_state = 'draft' AND to_state = 'sent' AND set_by IS NULL;
$$;

CREATE OR REPLACE FUNCTION data.seed_vocabulary(p_region int) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM set_config('wijzer.region', p_region::text, true);
    PERFORM data.seed_words(p_region);
    PERFORM data.seed_states(p_region);
    PERFORM data.seed_retention(p_region);
    UPDATE data.region SET version = version + 1 WHERE region_id = p_region;
END
$$;
