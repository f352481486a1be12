\restrict x
CREATE FUNCTION data.f() AS $$ COPY data.a (a) FROM stdin; $$;
COMMENT ON TABLE data.t IS E'it''s \'; -- ';
/* /* ; */ */ SELECT "a"";", $1;
COPY "data"."t ""x" (a, "b c") FROM stdin; -- here
1\t\\	\N
\.
