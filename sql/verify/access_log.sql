-- Verify wijzer:access_log on pg

BEGIN;
SELECT 'data.access_by_time'::regclass, 'data.event_by_time'::regclass;
DO $$
BEGIN
    ASSERT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'data.access'::regclass AND polname = 'about_client' AND NOT polpermissive),
        'the vault sees the access log of one client at a time';
END
$$;
ROLLBACK;
