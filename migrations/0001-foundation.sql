-- The foundation: institutions, keys, customers and their blind index, imports with their line ledger, audiences
-- and their versions, access tokens, idempotency and audit.
--
-- Every table starts with institution_id and every primary key contains it. Row-level security is the second wall:
-- a transaction of the application role sees only the institution named in the setting rollcall.institution.

create table institution (
  id text not null primary key check (id ~ '^[A-Z0-9_]{2,8}$'),
  name text not null check (char_length(name) between 1 and 80),
  -- { "defaultCountry": "US" }: the country of phone numbers without a country code
  settings jsonb not null default '{}',
  -- bumped by every change of the customer base; the lock that imports share and loads take exclusively
  customer_version bigint not null default 0,
  next_ordinal integer not null default 0,
  -- Roaring bitmap (portable format) of ordinals that were erased or removed; empty bytes = empty bitmap
  gone bytea not null default '\x',
  created_at timestamptz not null
);

create table wrapped_key (
  institution_id text not null references institution (id),
  purpose text not null check (purpose in ('index', 'data', 'mac')),
  -- 0 for keys that belong to no identifier type
  identifier_type smallint not null,
  generation smallint not null,
  wrapped bytea not null,
  state text not null check (state in ('active', 'retired')),
  created_at timestamptz not null,
  primary key (institution_id, purpose, identifier_type, generation)
);

create table customer (
  institution_id text not null,
  ordinal integer not null,
  id text collate "C" not null,
  core_customer_id text collate "C" not null,
  customer_type text not null check (customer_type in ('retail', 'business')),
  region_code text,
  postal_code text,
  birth_year smallint,
  customer_since date,
  -- sealed envelopes (AES-256-GCM, key generation inside): names, e-mail, phone | tax id, accounts, username
  profile bytea not null,
  identifiers bytea not null,
  -- keyed fingerprint of every field of the row: decides "unchanged" without opening an envelope
  row_fingerprint uuid not null,
  primary key (institution_id, ordinal)
);
create unique index customer_id_key on customer (institution_id, id);
create unique index customer_core_customer_id_key on customer (institution_id, core_customer_id);

-- The blind index. Not unique by token: joint accounts and shared e-mails are normal.
create table customer_identifier (
  institution_id text not null,
  identifier_type smallint not null,
  key_generation smallint not null,
  token uuid not null,
  ordinal integer not null,
  primary key (institution_id, identifier_type, key_generation, token, ordinal)
);
create index customer_identifier_ordinal_index on customer_identifier (institution_id, ordinal);

-- Keyed tokens of core customer ids that left the base, so that a load can say who returned.
create table departed_customer (
  institution_id text not null,
  core_customer_token uuid not null,
  primary key (institution_id, core_customer_token)
);

create table customer_load (
  institution_id text not null references institution (id),
  id text collate "C" not null,
  mode text not null check (mode in ('upsert', 'replace')),
  state text not null check (state in ('receiving', 'publishing', 'completed', 'rejected', 'failed', 'preview')),
  line_count integer not null default 0,
  inserted_count integer not null default 0,
  updated_count integer not null default 0,
  unchanged_count integer not null default 0,
  removed_count integer not null default 0,
  returned_count integer not null default 0,
  invalid_count integer not null default 0,
  customer_version bigint,
  problem jsonb,
  created_at timestamptz not null,
  created_by text not null,
  finished_at timestamptz,
  -- a running load renews its lease; one whose lease has passed belongs to a dead process
  lease_until timestamptz,
  primary key (institution_id, id)
);
-- one load of an institution at a time
create unique index customer_load_running_key on customer_load (institution_id)
  where state in ('receiving', 'publishing');

-- Line numbers of a load, by field and reason, as bitmaps. field '' = the row itself was refused.
create table customer_load_lines (
  institution_id text not null,
  customer_load_id text collate "C" not null,
  field text not null,
  reason text not null,
  line_count integer not null,
  lines bytea not null,
  primary key (institution_id, customer_load_id, field, reason)
);

create table audience (
  institution_id text not null references institution (id),
  id text collate "C" not null,
  name text not null check (char_length(name) between 1 and 80),
  -- case-folded by the application; unique among active audiences
  name_key text collate "C" not null,
  description text,
  kind text not null check (kind in ('imported', 'filtered', 'combined')),
  state text not null check (state in ('active', 'archived')),
  identifier_type text,
  file_name text,
  import_id text collate "C",
  version integer not null,
  customer_count integer not null,
  customer_version bigint not null,
  -- bumped by every change of the row: the entity tag
  revision integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  primary key (institution_id, id)
);
create unique index audience_name_key on audience (institution_id, name_key) where state = 'active';
create index audience_created_at_index on audience (institution_id, created_at, id);

create table audience_version (
  institution_id text not null,
  audience_id text collate "C" not null,
  version integer not null,
  -- Roaring bitmap (portable format) of customer ordinals
  members bytea not null,
  -- for imports: the line of each member by rank (see member-lines.ts), null otherwise
  member_lines bytea,
  customer_count integer not null,
  added_count integer not null,
  removed_count integer not null,
  cause text not null check (cause in ('import', 'add', 'remove', 'replace')),
  import_id text collate "C",
  customer_version bigint not null,
  made_at timestamptz not null,
  made_by text not null,
  primary key (institution_id, audience_id, version)
);
-- Bitmaps and line numbers are dense already: compressing them again costs time and gains nothing.
alter table audience_version alter column members set storage external, alter column member_lines set storage external;

create table import (
  institution_id text not null references institution (id),
  id text collate "C" not null,
  mode text not null check (mode in ('create', 'add', 'remove', 'replace')),
  -- of a create that has not finished: the audience to be; afterwards the audience
  audience_id text collate "C",
  identifier_type text not null,
  file_name text not null,
  state text not null check (state in
    ('receiving', 'staged', 'matching', 'completed', 'rejected', 'preview', 'failed', 'canceled')),
  -- { name, description, includesHeader, column, multipleMatches, repairs, invalidRows, charset, expectedRevision }
  options jsonb not null,
  key_generations smallint[] not null default '{}',
  canonicaliser_version smallint not null,
  content_fingerprint bytea,
  charset text,
  windows1252_line_count integer not null default 0,
  line_count integer not null default 0,
  header_count integer not null default 0,
  blank_count integer not null default 0,
  invalid_count integer not null default 0,
  duplicate_count integer not null default 0,
  unmatched_count integer not null default 0,
  ambiguous_count integer not null default 0,
  matched_count integer not null default 0,
  -- distinct valid values submitted: what the oracle budget counts
  distinct_value_count integer not null default 0,
  customer_count integer not null default 0,
  added_count integer not null default 0,
  removed_count integer not null default 0,
  customer_version bigint,
  repairs jsonb not null default '[]',
  suggestions jsonb not null default '[]',
  problem jsonb,
  created_at timestamptz not null,
  created_by text not null,
  finished_at timestamptz,
  -- previews and rejected ledgers live 24 hours
  expires_at timestamptz,
  primary key (institution_id, id)
);
create index import_created_at_index on import (institution_id, created_at, id);
create index import_expires_at_index on import (expires_at) where expires_at is not null;

-- The row ledger: per outcome and reason one Roaring bitmap of line numbers. It holds no value.
create table import_ledger (
  institution_id text not null,
  import_id text collate "C" not null,
  outcome text not null check (outcome in
    ('header', 'blank', 'invalid', 'duplicate', 'unmatched', 'ambiguous', 'matched')),
  reason text not null default '',
  line_count integer not null,
  lines bytea not null,
  primary key (institution_id, import_id, outcome, reason)
);
alter table import_ledger alter column lines set storage external;

-- What an import that answers 202 needs to go on after a restart: sealed parts, deleted when it ends.
create table import_stage (
  institution_id text not null,
  import_id text collate "C" not null,
  part integer not null,
  sealed bytea not null,
  primary key (institution_id, import_id, part)
);
alter table import_stage alter column sealed set storage external;

create table access_token (
  -- SHA-256 of a 256-bit random token
  token_hash bytea not null primary key,
  institution_id text not null references institution (id),
  id text collate "C" not null unique,
  name text not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz
);

create table idempotency_record (
  institution_id text not null references institution (id),
  principal_id text not null,
  key text collate "C" not null,
  operation text not null,
  state text not null check (state in ('running', 'finished')),
  -- which claim owns the record, and until when unless renewed
  claim_id text not null,
  lease_until timestamptz not null,
  request_digest bytea,
  sealed_response bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (institution_id, principal_id, key)
);
create index idempotency_record_expires_at_index on idempotency_record (expires_at);

create table audit_entry (
  institution_id text not null references institution (id),
  sequence bigint not null,
  at timestamptz not null,
  principal_id text not null,
  operation text not null,
  resource text,
  outcome text not null check (outcome in ('done', 'preview', 'refused', 'denied')),
  detail jsonb not null default '{}',
  primary key (institution_id, sequence)
);

-- Rights of the application role, which is made by the migration runner (roles belong to the whole cluster).
grant select, update on institution to rollcall_app;
grant select, update on wrapped_key to rollcall_app;
grant select, insert, update, delete on customer, customer_identifier, departed_customer, customer_load,
  customer_load_lines, audience, audience_version, import, import_ledger, import_stage, idempotency_record
  to rollcall_app;
grant select, insert on audit_entry to rollcall_app;

alter table institution enable row level security;
create policy institution_of_transaction on institution to rollcall_app
  using (id = nullif(current_setting('rollcall.institution', true), ''));

do $$
declare name text;
begin
  foreach name in array array['wrapped_key', 'customer', 'customer_identifier', 'departed_customer', 'customer_load',
    'customer_load_lines', 'audience', 'audience_version', 'import', 'import_ledger', 'import_stage',
    'idempotency_record', 'audit_entry'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy institution_of_transaction on %I to rollcall_app '
      'using (institution_id = nullif(current_setting(''rollcall.institution'', true), ''''))', name);
  end loop;
end $$;
