-- Who may do what: applications with their secrets and grants, people with their roles, keys of the installation.
--
-- An application and a person have a home institution, which manages them, and a grant for each institution that they
-- may act for, the home included.

-- Secrets that belong to no institution (signing keys of the issuer, keys of its cookies and stored grants), wrapped
-- by the master key. The application role cannot read them.
create table installation_key (
  purpose text not null check (purpose in ('signing', 'cookie', 'seal')),
  generation smallint not null,
  wrapped bytea not null,
  state text not null check (state in ('active', 'retired')),
  created_at timestamptz not null,
  primary key (purpose, generation)
);

create table application (
  -- the home, which manages it
  institution_id text not null references institution (id),
  -- the OAuth client id
  id text collate "C" not null unique,
  name text not null check (char_length(name) between 1 and 80),
  -- by what names sort and are found, made by the application (src/lib/name-key.ts)
  name_key text collate "C" not null,
  description text,
  authentication_type text not null check (authentication_type in ('clientCredentials', 'authorizationCode')),
  environment text not null check (environment in ('development', 'staging', 'production')),
  state text not null check (state in ('active', 'disabled')),
  -- how it authenticates at the token endpoint (OpenID Connect Core section 9); none = a public client with PKCE
  client_authentication text not null check (client_authentication in
    ('client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none')),
  -- public keys of private_key_jwt (RFC 7517)
  jwks jsonb,
  scopes text[] not null,
  -- of clientCredentials: what it may do where no person stands behind it
  roles text[] not null,
  redirect_uris text[] not null,
  post_logout_redirect_uris text[] not null,
  -- who answers for it, as text: names or addresses of the institution's people
  owners text[] not null,
  -- SHA-256 of a 256-bit random key
  api_key_hash bytea unique,
  api_key_state text not null check (api_key_state in ('none', 'active', 'disabled')),
  -- access tokens issued before are refused
  tokens_valid_after timestamptz not null,
  -- bumped by every change of the row: the entity tag
  revision integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  primary key (institution_id, id)
);

-- Two may be valid while one replaces the other.
create table application_secret (
  institution_id text not null,
  application_id text collate "C" not null,
  id text collate "C" not null,
  -- SHA-256 of 256 random bits
  secret_hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (institution_id, application_id, id),
  foreign key (institution_id, application_id) references application (institution_id, id) on delete cascade
);

create table application_grant (
  -- for which it may act
  institution_id text not null references institution (id),
  application_id text collate "C" not null,
  home_institution_id text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (institution_id, application_id),
  foreign key (home_institution_id, application_id) references application (institution_id, id) on delete cascade
);

create table user_account (
  -- the home, which manages the person
  institution_id text not null references institution (id),
  id text collate "C" not null unique,
  -- what is typed at sign-in, usually an e-mail address; case-folded by the application
  login_name text collate "C" not null unique check (char_length(login_name) between 1 and 254),
  name text not null check (char_length(name) between 1 and 80),
  -- the name folded: what it is found and sorted by
  name_key text collate "C" not null,
  state text not null check (state in ('active', 'disabled')),
  -- argon2id in PHC form; null until the person has chosen a password
  password_hash text,
  password_changed_at timestamptz,
  -- sealed with the home institution's data key; null until the second factor is set up
  totp_secret bytea,
  -- the last time step that was used: a code works once (RFC 6238 section 5.2)
  totp_last_step bigint,
  -- access tokens and sessions from before are refused: "sign out everywhere"
  tokens_valid_after timestamptz not null,
  revision integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  last_sign_in_at timestamptz,
  primary key (institution_id, id)
);

create table user_grant (
  -- for which the person may act
  institution_id text not null references institution (id),
  user_account_id text collate "C" not null,
  home_institution_id text not null,
  roles text[] not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (institution_id, user_account_id),
  foreign key (home_institution_id, user_account_id) references user_account (institution_id, id) on delete cascade
);

create table recovery_code (
  institution_id text not null,
  user_account_id text collate "C" not null,
  -- SHA-256 of a random code
  code_hash bytea not null,
  used_at timestamptz,
  primary key (institution_id, user_account_id, code_hash),
  foreign key (institution_id, user_account_id) references user_account (institution_id, id) on delete cascade
);

-- One-time links: the first sign-in, and the reset of a forgotten password.
create table sign_in_link (
  institution_id text not null,
  -- SHA-256 of 256 random bits
  token_hash bytea not null unique,
  user_account_id text collate "C" not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (institution_id, token_hash),
  foreign key (institution_id, user_account_id) references user_account (institution_id, id) on delete cascade
);
create index sign_in_link_expires_at_index on sign_in_link (expires_at);

-- Failed sign-ins by login name, whether anybody has that name or not: both are answered alike. No institution, because
-- none is known yet; the application role cannot read it.
create table sign_in_attempt (
  -- HMAC-SHA-256 of the folded login name: people type passwords into the wrong field
  login_mac bytea primary key,
  -- tries since the last success, each counted before its password is looked at
  failed_count integer not null,
  -- tries that came during the back-off; they are not looked at
  refused_count integer not null,
  blocked_until timestamptz,
  updated_at timestamptz not null
);
create index sign_in_attempt_updated_at_index on sign_in_attempt (updated_at);

-- Tokens are signed now, and their holders looked up in the tables above.
drop table access_token;

-- Where an act came from.
alter table audit_entry add column application_id text, add column address text;

grant select, insert, update, delete on application, application_secret, application_grant, user_account, user_grant,
  recovery_code, sign_in_link to rollcall_app;

do $$
declare name text;
begin
  foreach name in array array['application', 'application_secret', 'application_grant', 'user_account', 'user_grant',
    'recovery_code', 'sign_in_link'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy institution_of_transaction on %I to rollcall_app '
      'using (institution_id = nullif(current_setting(''rollcall.institution'', true), ''''))', name);
  end loop;
end $$;

-- An institution also sees, without changing it, who acts for it from another home: through views that leave out hashes
-- and secrets, because a policy shows whole rows. They read as their owner, so what they show is theirs to limit.
create view seen_application with (security_barrier) as
select institution_id, id, name, name_key, description, authentication_type, environment, state, client_authentication,
  jwks, scopes, roles, redirect_uris, post_logout_redirect_uris, owners, api_key_state, tokens_valid_after, revision,
  created_at, created_by, updated_at
from application
where institution_id = nullif(current_setting('rollcall.institution', true), '') or exists (
  select from application_grant g
  where g.institution_id = nullif(current_setting('rollcall.institution', true), '')
    and g.home_institution_id = application.institution_id and g.application_id = application.id);
create view seen_user_account with (security_barrier) as
select institution_id, id, login_name, name, name_key, state, password_hash is not null as has_password,
  totp_secret is not null as has_second_factor, revision, created_at, created_by, updated_at, last_sign_in_at
from user_account
where institution_id = nullif(current_setting('rollcall.institution', true), '') or exists (
  select from user_grant g
  where g.institution_id = nullif(current_setting('rollcall.institution', true), '')
    and g.home_institution_id = user_account.institution_id and g.user_account_id = user_account.id);
grant select on seen_application, seen_user_account to rollcall_app;
-- The home manages the grants of its applications, those for other institutions too.
create policy home_of_application on application_grant to rollcall_app
  using (home_institution_id = nullif(current_setting('rollcall.institution', true), ''));
