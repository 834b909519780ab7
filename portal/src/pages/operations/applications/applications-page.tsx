import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '../../../app/session.tsx';
import { Page } from '../../../parts/page.tsx';
import { ShownOnceDialog } from '../../../parts/shown-once.tsx';
import type { Application, Credentials } from './application-calls.ts';
import { type ApplicationMenuAct, ApplicationTable } from './application-table.tsx';
import { AskApplication } from './ask-application.tsx';
import { ChangeApplication } from './change-application.tsx';
import { RegisterApplication } from './register-application.tsx';
import { SecretsDialog } from './secrets-dialog.tsx';
import { text } from './text.ts';

type Doing =
  | { readonly what: 'register' }
  | { readonly what: ApplicationMenuAct; readonly application: Application }
  | { readonly what: 'show'; readonly credentials: Credentials };

/** The programs that use the API, and what they authenticate by. */
export function ApplicationsPage() {
  const may = useMay();
  const [doing, setDoing] = useState<Doing>();
  const add = may('manageAccess') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ what: 'register' })}>
      {text.add}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={add}>
      <ApplicationTable
        begin={may('manageAccess') ? (what, application) => setDoing({ what, application }) : undefined}
      />
      {doing !== undefined && <Begun doing={doing} go={setDoing} />}
    </Page>
  );
}

function Begun({ doing, go }: { doing: Doing; go: (doing: Doing | undefined) => void }) {
  const close = () => go(undefined);
  const made = (credentials: Credentials) => go({ what: 'show', credentials });
  if (doing.what === 'register') return <RegisterApplication close={close} made={made} />;
  if (doing.what === 'show') return <Shown credentials={doing.credentials} close={close} />;
  if (doing.what === 'change') return <ChangeApplication application={doing.application} close={close} />;
  if (doing.what === 'secrets') return <SecretsDialog application={doing.application} close={close} made={made} />;
  return <AskApplication act={doing.what} application={doing.application} close={close} made={made} />;
}

function Shown({ credentials, close }: { credentials: Credentials; close: () => void }) {
  const { application, secret, key, isPartial = false } = credentials;
  return (
    <ShownOnceDialog
      title={text.once.title(application.name)}
      lead={isPartial ? text.once.partly : text.once.lead}
      kept={[
        { label: text.once.clientId, value: application.id },
        ...(secret === undefined ? [] : [{ label: text.once.secret, value: secret }]),
        ...(key === undefined ? [] : [{ label: text.once.key, value: key }]),
      ]}
      close={close}
    />
  );
}
