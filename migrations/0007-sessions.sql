-- A sign-in under way, and the sessions of the portal. Both are found by a cookie before any institution is known, so
-- only the owner of the schema reads them: the application role has no right on either.

-- What this browser has proved so far. There is a row only after a password was right or a link was redeemed, so that
-- nobody fills the table by opening pages.
create table sign_in_progress (
  -- the person's home
  institution_id text not null references institution (id),
  -- SHA-256 of the 256 random bits in the browser's cookie; other bits after each step
  progress_hash bytea not null unique,
  user_account_id text collate "C" not null,
  -- the issuer's interaction; null for a link, which belongs to none
  interaction_uid text,
  step text not null check (step in ('secondFactor', 'enrolment', 'recoveryCodes', 'complete')),
  -- how the person has shown who they are (RFC 8176)
  amr text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (institution_id, progress_hash),
  foreign key (institution_id, user_account_id) references user_account (institution_id, id) on delete cascade
);
create index sign_in_progress_expires_at_index on sign_in_progress (expires_at);

create table portal_session (
  -- the one that the person works for now
  institution_id text not null references institution (id),
  -- SHA-256 of the 256 random bits in the browser's cookie
  session_hash bytea not null unique,
  -- who the access token names; with an external issuer no account of ours
  person_id text collate "C" not null,
  -- access, refresh and identity token, sealed: they never reach the browser
  sealed_tokens bytea not null,
  access_expires_at timestamptz not null,
  -- one process at a time refreshes: a refresh token that is used twice ends the whole grant
  refreshing_until timestamptz,
  created_at timestamptz not null,
  -- when the person signed in, by the issuer's word (auth_time of the ID token); null where it gave none
  authenticated_at timestamptz,
  -- where the sign-in came from, for the person's own list
  address text check (char_length(address) <= 64),
  last_seen_at timestamptz not null,
  -- the absolute end, however busy the session is
  expires_at timestamptz not null,
  primary key (institution_id, session_hash)
);
create index portal_session_person_id_index on portal_session (person_id);
create index portal_session_last_seen_at_index on portal_session (last_seen_at);
