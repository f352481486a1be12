-- Revert wijzer:secrecy from pg
-- What the daemon sealed cannot be opened here, and plain text must not come back: the way back is a backup of before.

DO $$
BEGIN
    RAISE EXCEPTION 'sealed fields cannot be made plain again; restore a backup from before this change';
END
$$;
