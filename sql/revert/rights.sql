-- Revert wijzer:rights from pg
-- Who was forgotten has no year of birth any more, which the schema of before demands: the way back is a backup.

DO $$
BEGIN
    RAISE EXCEPTION 'who was erased cannot be brought back; restore a backup from before this change';
END
$$;
