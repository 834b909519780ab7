-- What the embedded issuer remembers between requests: sign-ins under way, sessions, grants, authorization codes,
-- refresh tokens, and assertions that were used. It belongs to no institution: only the owner of the schema reads it,
-- the application role has no right on it.
create table oidc_record (
  -- the issuer's word for what it is: Session, Grant, RefreshToken ...
  kind text collate "C" not null check (char_length(kind) between 1 and 40),
  -- SHA-256 of kind and id: who reads the table holds no code, no token and no cookie
  id_hash bytea not null,
  -- the payload under a secret of the installation
  sealed bytea not null,
  -- of the grant that it lives and dies with; equal to the id_hash of the grant's own row
  grant_hash bytea,
  -- a session's second name, by which tokens point to it
  uid_hash bytea,
  -- whose it is, as a digest too: for the list of what somebody is signed in to
  person_hash bytea,
  -- codes and refresh tokens work once
  consumed_at timestamptz,
  expires_at timestamptz not null,
  primary key (kind, id_hash)
);
create index oidc_record_grant_hash_index on oidc_record (grant_hash) where grant_hash is not null;
create index oidc_record_uid_hash_index on oidc_record (uid_hash) where uid_hash is not null;
create index oidc_record_person_hash_index on oidc_record (person_hash) where person_hash is not null;
create index oidc_record_expires_at_index on oidc_record (expires_at);
