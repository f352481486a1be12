-- Entries of the access log as others want them: FHIR R4 AuditEvent (in a Bundle) and CSV. Made of the entries' documents
-- (access.sql), so that all three say the same. STABLE, as json_build_object() is, or they would not be inlined.

CREATE FUNCTION logic.coding(system text, code text, display text) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object('system', system, 'code', code, 'display', display);

-- https://terminology.hl7.org/CodeSystem/v3-ActReason
CREATE FUNCTION logic.act_reason(purpose text) RETURNS json LANGUAGE sql STABLE
RETURN json_build_object('coding', json_build_array(logic.coding(
    'http://terminology.hl7.org/CodeSystem/v3-ActReason',
    CASE purpose WHEN 'emergency' THEN 'BTG' WHEN 'client-right' THEN 'PATRQT' WHEN 'coordination' THEN 'COC' WHEN 'care' THEN 'TREAT'
                 WHEN 'administration' THEN 'HSYSADMIN' ELSE 'HOPERAT' END,
    CASE purpose WHEN 'emergency' THEN 'break the glass' WHEN 'client-right' THEN 'patient requested'
                 WHEN 'coordination' THEN 'coordination of care' WHEN 'care' THEN 'treatment'
                 WHEN 'administration' THEN 'health system administration' ELSE 'healthcare operations' END)));

-- https://terminology.hl7.org/CodeSystem/dicom-audit-lifecycle
CREATE FUNCTION logic.audit_lifecycle(word text) RETURNS json LANGUAGE sql STABLE
RETURN logic.coding('http://terminology.hl7.org/CodeSystem/dicom-audit-lifecycle',
                    CASE word WHEN 'origination' THEN '1' WHEN 'amendment' THEN '3' WHEN 'export' THEN '10' WHEN 'erasure' THEN '15'
                              ELSE '6' END,
                    CASE word WHEN 'origination' THEN 'Origination / Creation' WHEN 'amendment' THEN 'Amendment'
                              WHEN 'export' THEN 'Export / Copying' WHEN 'erasure' THEN 'Permanent erasure / Physical destruction'
                              ELSE 'Access / Use' END);

CREATE FUNCTION logic.confidentiality(word text) RETURNS json LANGUAGE sql STABLE
RETURN json_build_array(json_build_object('coding', json_build_array(logic.coding(
    'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
    CASE word WHEN 'very-restricted' THEN 'V' WHEN 'restricted' THEN 'R' ELSE 'N' END, replace(word, '-', ' ')))));

CREATE FUNCTION logic.audit_identifier(d json, kind text, value text) RETURNS json LANGUAGE sql STABLE
RETURN CASE WHEN value IS NOT NULL THEN json_build_object('identifier', json_build_object(
    'system', 'urn:' || (d ->> 'system') || ':' || kind, 'value', value)) END;

-- Who: a person by role and network address, or this system.
CREATE FUNCTION logic.audit_agent(d json) RETURNS json LANGUAGE sql STABLE
RETURN json_strip_nulls(json_build_object(
    'type', json_build_object('coding', json_build_array(
        logic.coding('http://terminology.hl7.org/CodeSystem/extra-security-role-type',
                     CASE WHEN d ->> 'account' IS NULL THEN 'dataprocessor' ELSE 'humanuser' END,
                     CASE WHEN d ->> 'account' IS NULL THEN 'data processor' ELSE 'human user' END))),
    'role', CASE WHEN d -> 'account' ->> 'role' IS NOT NULL THEN json_build_array(json_build_object(
        'coding', json_build_array(json_build_object('system', 'urn:wijzer:role', 'code', d -> 'account' ->> 'role')))) END,
    'who', coalesce(logic.audit_identifier(d, 'account', (d -> 'account' -> 'organisation' ->> 'code') || '/' || (d -> 'account' ->> 'name')),
                    logic.audit_identifier(d, 'system', 'wijzerd')),
    'name', d -> 'account' ->> 'name', 'requestor', d ->> 'account' IS NOT NULL,
    'policy', json_build_array('urn:wijzer:rule:' || (d ->> 'rule')),
    'network', CASE WHEN d ->> 'address' IS NOT NULL THEN json_build_object('address', d ->> 'address', 'type', '2') END,
    'purposeOfUse', json_build_array(logic.act_reason(d ->> 'purpose'))));

-- About whom and what. The client(s) carry on which ground, the object what was done with it.
CREATE FUNCTION logic.audit_entities(d json) RETURNS json LANGUAGE plpgsql STABLE AS $$
DECLARE
    details constant json := (
        SELECT json_agg(json_build_object('type', t.type, 'valueString', t.value))
        FROM (VALUES ('ground', d ->> 'ground'), ('consent', d ->> 'consentNr'),
                     ('relation', (d -> 'relation' ->> 'kind') || ' ' || (d -> 'relation' ->> 'id')),
                     ('emergency', CASE WHEN (d ->> 'emergency')::boolean THEN 'true' END)) AS t (type, value)
        WHERE t.value IS NOT NULL);
BEGIN
    RETURN (
        SELECT json_agg(json_strip_nulls(x.entity) ORDER BY x.n) FROM (
            SELECT c.n, json_build_object(
                'what', logic.audit_identifier(d, 'client', c.code),
                'type', logic.coding('http://terminology.hl7.org/CodeSystem/audit-entity-type', '1', 'Person'),
                'role', logic.coding('http://terminology.hl7.org/CodeSystem/object-role', '1', 'Patient'),
                'detail', details) AS entity
            FROM json_array_elements_text(d -> 'clients') WITH ORDINALITY AS c (code, n)
            UNION ALL
            SELECT 1000000, json_build_object(
                'what', coalesce(logic.audit_identifier(d, d -> 'object' ->> 'kind', d -> 'object' ->> 'id'),
                                 json_build_object('display', d -> 'object' ->> 'kind')),
                'type', logic.coding('http://terminology.hl7.org/CodeSystem/audit-entity-type', '2', 'System Object'),
                'role', CASE WHEN d ->> 'type' = 'search'
                             THEN logic.coding('http://terminology.hl7.org/CodeSystem/object-role', '24', 'Query')
                             ELSE logic.coding('http://terminology.hl7.org/CodeSystem/object-role', '4', 'Domain Resource') END,
                'lifecycle', logic.audit_lifecycle(d -> 'object' ->> 'lifecycle'),
                'securityLabel', logic.confidentiality(d -> 'object' ->> 'sensitivity'),
                'name', d ->> 'type',
                'detail', (SELECT json_agg(json_build_object('type', 'field', 'valueString', f.word))
                           FROM json_array_elements_text(d -> 'fields') f (word)))) x);
END
$$;

CREATE FUNCTION logic.audit_event(d json) RETURNS json LANGUAGE sql STABLE
RETURN json_strip_nulls(json_build_object(
    'resourceType', 'AuditEvent', 'id', d ->> 'id',
    'type', logic.coding('http://terminology.hl7.org/CodeSystem/audit-event-type', 'rest', 'RESTful Operation'),
    'subtype', json_build_array(json_build_object('system', 'urn:wijzer:access', 'code', d ->> 'type')),
    'action', d ->> 'action', 'recorded', d ->> 'at', 'outcome', CASE d ->> 'outcome' WHEN 'granted' THEN '0' ELSE '4' END,
    'outcomeDesc', d ->> 'outcome', 'purposeOfEvent', json_build_array(logic.act_reason(d ->> 'purpose')),
    'agent', json_build_array(logic.audit_agent(d)),
    'source', json_build_object(
        'site', d ->> 'system', 'observer', logic.audit_identifier(d, 'system', 'wijzerd'),
        'type', json_build_array(logic.coding('http://terminology.hl7.org/CodeSystem/security-source-type', '4', 'Application Server'))),
    'entity', logic.audit_entities(d)));

-- p_link: path and query of this list without its cursor.
CREATE FUNCTION logic.audit_bundle(documents json[], p_link text, p_next text) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN json_build_object(
        'resourceType', 'Bundle', 'type', 'searchset',
        'link', to_json(array_remove(ARRAY[
            json_build_object('relation', 'self', 'url', p_link)::jsonb,
            CASE WHEN p_next IS NOT NULL THEN json_build_object(
                'relation', 'next', 'url', p_link || CASE WHEN p_link LIKE '%?%' THEN '&' ELSE '?' END || 'cursor=' || p_next)::jsonb END], NULL)),
        'entry', (SELECT coalesce(json_agg(json_build_object(
                             'resource', logic.audit_event(x.document), 'search', json_build_object('mode', 'match')) ORDER BY x.n), '[]')
                  FROM unnest(documents) WITH ORDINALITY AS x (document, n)));
END
$$;

-- A cell of RFC 4180. What a spreadsheet would take for a formula gets an apostrophe in front.
CREATE FUNCTION logic.csv_cell(value text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN value IS NULL THEN ''
            ELSE '"' || replace(CASE WHEN value ~ '^[-=+@\t\r]' THEN '''' ELSE '' END || value, '"', '""') || '"' END;

CREATE FUNCTION logic.csv_line(cells text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT string_agg(logic.csv_cell(c.cell), ',' ORDER BY c.n) || E'\r\n'
            FROM unnest(cells) WITH ORDINALITY AS c (cell, n));
END
$$;

CREATE FUNCTION logic.words(list json) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT string_agg(w.word, ' ' ORDER BY w.n) FROM json_array_elements_text(list) WITH ORDINALITY AS w (word, n));
END
$$;

-- The line of names comes with the first page alone, so that pages can be put behind each other.
CREATE FUNCTION logic.access_csv(documents json[], p_is_first boolean) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN p_is_first THEN logic.csv_line(
               '{id,at,action,type,state,outcome,organisation,account,role,purpose,address,clients,object-kind,object,lifecycle,sensitivity,fields,rule,relation-kind,relation,ground,consent,emergency,system}')
               ELSE '' END
        || coalesce((
            SELECT string_agg(logic.csv_line(ARRAY[
                d ->> 'id', d ->> 'at', d ->> 'action', d ->> 'type', d -> 'state' ->> 'code', d ->> 'outcome',
                d -> 'account' -> 'organisation' ->> 'code', d -> 'account' ->> 'name', d -> 'account' ->> 'role', d ->> 'purpose',
                d ->> 'address', logic.words(d -> 'clients'), d -> 'object' ->> 'kind', d -> 'object' ->> 'id',
                d -> 'object' ->> 'lifecycle', d -> 'object' ->> 'sensitivity', logic.words(d -> 'fields'), d ->> 'rule',
                d -> 'relation' ->> 'kind', d -> 'relation' ->> 'id', d ->> 'ground', d ->> 'consentNr', d ->> 'emergency',
                d ->> 'system']), '' ORDER BY x.n)
            FROM unnest(documents) WITH ORDINALITY AS x (d, n)), '');
END
$$;
