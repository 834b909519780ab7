-- Walks along an institution's audit chain that somebody asked for, and what they found. For people to look at: what was
-- found is in the chain itself, which the owner of this table cannot write.
create table audit_verification (
  institution_id text not null references institution (id),
  id text collate "C" not null,
  state text not null check (state in ('running', 'intact', 'broken', 'failed')),
  -- entries that were found good, from the first on
  entry_count bigint not null default 0,
  -- the number of the last entry, as far as it is known
  total_count bigint,
  finding text,
  -- the first bad entry; below 1 for one that was numbered so
  finding_sequence bigint,
  created_at timestamptz not null,
  created_by text not null,
  created_by_kind text not null check (created_by_kind in ('person', 'application', 'operator')),
  finished_at timestamptz,
  -- whoever walks renews it; one whose lease has passed does not stand in the way of another
  lease_until timestamptz not null,
  primary key (institution_id, id),
  check ((state = 'broken') = (finding is not null and finding_sequence is not null))
);
create unique index audit_verification_running_key on audit_verification (institution_id) where state = 'running';
create index audit_verification_created_at_index on audit_verification (institution_id, created_at, id);

grant select, insert, update on audit_verification to rollcall_app;
alter table audit_verification enable row level security;
create policy institution_of_transaction on audit_verification to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));
