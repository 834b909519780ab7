-- Rotations of an institution's data and index keys, and how much a data key has sealed.

alter table wrapped_key
  -- envelopes sealed by a data key; a random 96-bit nonce allows 2^32 (NIST SP 800-38D section 8.3)
  add column seal_count bigint not null default 0,
  add column retired_at timestamptz;

create table key_rotation (
  institution_id text not null references institution (id),
  id text collate "C" not null,
  kind text not null check (kind in ('data', 'index')),
  -- 0 for data keys
  identifier_type smallint not null,
  -- the key that the others give way to; null until the rotation has begun to work
  to_generation smallint,
  state text not null check (state in ('running', 'completed', 'failed')),
  failure text check (failure in ('unreadable', 'unexpected')),
  -- customers whose envelopes or tokens have been made anew, of those that had to be when it began
  done_count integer not null default 0,
  total_count integer,
  -- of a failed rotation: what is still under an old key
  left_count integer,
  -- the last ordinal that is done: where the work goes on after a crash
  position integer not null default -1,
  created_at timestamptz not null,
  created_by text not null,
  created_by_kind text not null check (created_by_kind in ('person', 'application', 'operator')),
  finished_at timestamptz,
  -- whoever works on it renews it; one whose lease has passed is taken up by another
  lease_until timestamptz not null,
  primary key (institution_id, id)
);
create unique index key_rotation_running_key on key_rotation (institution_id, kind, identifier_type)
  where state = 'running';
create index key_rotation_created_at_index on key_rotation (institution_id, created_at, id);

grant select, insert, update on key_rotation to rollcall_app;
alter table key_rotation enable row level security;
create policy institution_of_transaction on key_rotation to rollcall_app
  using (institution_id = nullif(current_setting('rollcall.institution', true), ''));
