-- What filters ask about: more columns of a customer, attributes that an institution defines, accounts, and measures of
-- each customer's accounts. All of it is in clear, and none of it identifies anybody outside the institution's own base.

alter table customer
  add column branch text,
  add column last_login_at timestamptz,
  -- null = not known, here and below
  add column online_banking_enrolled boolean,
  add column electronic_statements boolean,
  add column consent_email boolean,
  add column consent_sms boolean,
  add column consent_phone boolean,
  add column consent_mail boolean,
  -- Made from the profile when it is sealed, as the values themselves rest encrypted. Rows from before say false until
  -- they are loaded again: nothing has been released, so there is none to fill in here, where no key is.
  add column has_email_address boolean not null default false,
  add column has_phone_number boolean not null default false,
  -- { "<customer_attribute.id>": value }: under the id, so that an attribute that is made anew under an old name does
  -- not see old values. string, date and enumeration are JSON strings, integer and decimal JSON numbers.
  add column attributes jsonb not null default '{}';

create table customer_attribute (
  institution_id text not null references institution (id),
  id text collate "C" not null,
  name text collate "C" not null check (name ~ '^[a-z][A-Za-z0-9]{1,39}$'),
  label text,
  description text,
  data_type text not null check (data_type in ('string', 'integer', 'decimal', 'date', 'boolean', 'enumeration')),
  -- { minimum, maximum, maxLength, choices }, by data type
  constraints jsonb not null default '{}',
  -- bumped by every change of the row: the entity tag
  revision integer not null,
  created_at timestamptz not null,
  created_by text not null,
  updated_at timestamptz not null,
  -- deleted: nobody sees it any more; the row stays until a load of customers has removed its values
  deleted_at timestamptz,
  primary key (institution_id, id)
);
create unique index customer_attribute_name_key on customer_attribute (institution_id, name) where deleted_at is null;

-- One row an account and owner: measures, erasure and removal go by owner and touch nobody else's rows, and an account
-- without owners is no row. The rows of an account say the same of it; a load writes them all anew.
create table account (
  institution_id text not null,
  -- keyed token of the canonical account id (the institution's MAC key, which does not rotate); no number is stored
  account_token uuid not null,
  -- the owner's ordinal
  ordinal integer not null,
  product_type text check (product_type in ('savings', 'checking', 'cd', 'ira', 'loan', 'creditCard')),
  -- cents; null = not known, here and below
  balance bigint,
  opened_on date,
  closed_on date,
  primary key (institution_id, account_token, ordinal)
);
create index account_ordinal_index on account (institution_id, ordinal);

-- Of the open accounts of a customer: those without closed_on, or with one after the day (UTC) on which the measures
-- were made. A customer without open accounts has no row: filters take its account_count for 0 and the rest as missing.
create table customer_measure (
  institution_id text not null,
  ordinal integer not null,
  account_count integer not null,
  -- bit 0 savings, 1 checking, 2 cd, 3 ira, 4 loan, 5 creditCard (src/modules/customers/accounts/product-types.ts)
  product_types smallint not null,
  -- cents of savings, checking, cd and ira; 0 without one, null when the balance of one is not known
  total_deposits bigint,
  -- cents of loan and creditCard; the same
  total_loans bigint,
  oldest_account_opened_on date,
  newest_account_opened_on date,
  -- the day on which the first of these accounts is closed: from then on the next load makes them anew
  changes_on date,
  primary key (institution_id, ordinal)
);
create index customer_measure_changes_on_index on customer_measure (institution_id, changes_on)
  where changes_on is not null;

-- Loads of customers and of accounts share the one slot of an institution, and their ledger.
alter table customer_load
  add column kind text not null default 'customers' check (kind in ('customers', 'accounts'));
create index customer_load_kind_index on customer_load (institution_id, kind, created_at, id);

grant select, insert, update, delete on customer_attribute, account, customer_measure to rollcall_app;

do $$
declare name text;
begin
  foreach name in array array['customer_attribute', 'account', 'customer_measure'] loop
    execute format('alter table %I enable row level security', name);
    execute format('create policy institution_of_transaction on %I to rollcall_app '
      'using (institution_id = nullif(current_setting(''rollcall.institution'', true), ''''))', name);
  end loop;
end $$;
