-- Audiences made from filters.

-- The customer_version of the last load: filters keep columns of the base by it. An erasure changes who is there, not
-- what is known of the others.
alter table institution add column facts_version bigint not null default 0;

-- What a filtered audience is made from; exactly the audiences of kind 'filtered' have a row.
create table audience_criteria (
  institution_id text not null,
  audience_id text collate "C" not null,
  -- as they were checked: types by id and name, in order
  filters jsonb not null,
  refresh text not null check (refresh in ('manual', 'daily', 'onCustomerLoad')),
  -- when its members were last found, whether they changed or not, and over which facts
  refreshed_at timestamptz not null,
  facts_version bigint not null,
  -- the last try to find them, if it failed: when, and the name of the problem
  failed_at timestamptz,
  failure text,
  primary key (institution_id, audience_id)
);

-- Audiences that the filters of others ask about: they cannot be deleted, and nobody may ask in a circle.
create table audience_reference (
  institution_id text not null,
  audience_id text collate "C" not null,
  used_audience_id text collate "C" not null,
  primary key (institution_id, audience_id, used_audience_id)
);
create index audience_reference_used_index on audience_reference (institution_id, used_audience_id);

grant select, insert, update, delete on audience_criteria, audience_reference to rollcall_app;

do $$
declare name text;
begin
  foreach name in array array['audience_criteria', 'audience_reference'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy institution_of_transaction on %I to rollcall_app '
      'using (institution_id = nullif(current_setting(''rollcall.institution'', true), ''''))', name);
  end loop;
end $$;
