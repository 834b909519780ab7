-- What each principal has submitted of distinct values a day, and what recognises nearly equal lists.

create table import_budget (
  institution_id text not null references institution (id),
  principal_id text collate "C" not null,
  -- UTC
  day date not null,
  distinct_value_count bigint not null,
  import_count integer not null,
  primary key (institution_id, principal_id, day)
);
create index import_budget_day_index on import_budget (day);

create table import_sketch (
  institution_id text not null references institution (id),
  import_id text collate "C" not null,
  principal_id text collate "C" not null,
  identifier_type text not null,
  content_fingerprint bytea not null,
  distinct_value_count integer not null,
  -- the 256 smallest tokens, each as 8 bytes of an HMAC under a key of the institution
  sketch bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (institution_id, import_id)
);
create index import_sketch_principal_id_index on import_sketch (institution_id, principal_id, identifier_type, created_at);
create index import_sketch_expires_at_index on import_sketch (expires_at);

grant select, insert, update, delete on import_budget, import_sketch to rollcall_app;

do $$
declare name text;
begin
  foreach name in array array['import_budget', 'import_sketch'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy institution_of_transaction on %I to rollcall_app '
      'using (institution_id = nullif(current_setting(''rollcall.institution'', true), ''''))', name);
  end loop;
end $$;
