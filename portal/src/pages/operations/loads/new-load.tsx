import { Checkbox, FileInput, Progress, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { sendLoad } from './load-calls.ts';
import type { Load, LoadKind } from './search.ts';
import { text } from './text.ts';

interface Form {
  readonly file: File | null;
  readonly mode: Load['mode'];
  readonly ignoreColumns: string;
  readonly confirmRemovals: boolean;
}

const emptyForm: Form = { file: null, mode: 'upsert', ignoreColumns: '', confirmRemovals: false };
const modes = ['upsert', 'replace'] as const;

interface Props {
  readonly kind: LoadKind;
  readonly close: () => void;
  /** All of the file is with the server. */
  readonly begun: (loadId: string | undefined) => void;
}

/** Sends a file and says how far it is; closing the dialog stops it. */
export function NewLoad({ kind, close, begun }: Props) {
  const [form, setForm] = useState(emptyForm);
  const [share, setShare] = useState(0);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const change = (part: Partial<Form>) => setForm((before) => ({ ...before, ...part }));
  const send = useChange({
    change: (sent: Form & { readonly file: File }) => {
      setShare(0);
      stop.current = new AbortController();
      return sendLoad({ kind, ...sent, onProgress: setShare, signal: stop.current.signal });
    },
    refreshes: [['loads', kind]],
    showsProblemItself: true,
    onDone: begun,
  });
  const { file } = form;
  return (
    <FormDialog
      title={text.add[kind]}
      close={close}
      submit={() => file !== null && send.mutate({ ...form, file })}
      submitLabel={text.form.submit}
      isBusy={send.isPending}
      isDisabled={file === null}
      error={send.error}
    >
      <FileInput
        label={text.form.file}
        description={text.form.fileHint}
        placeholder={text.form.filePlaceholder}
        accept=".csv,.txt,.ndjson,.jsonl,text/csv"
        value={file}
        required
        disabled={send.isPending}
        onChange={(chosen) => change({ file: chosen })}
      />
      <Terms form={form} change={change} />
      {send.isPending && <Sent share={share} />}
    </FormDialog>
  );
}

function Terms({ form, change }: { form: Form; change: (part: Partial<Form>) => void }) {
  return (
    <>
      <Radio.Group
        label={text.form.mode}
        value={form.mode}
        onChange={(value) => change({ mode: value === 'replace' ? 'replace' : 'upsert' })}
      >
        <Stack gap="xs" mt="xs">
          {modes.map((mode) => (
            <Radio key={mode} value={mode} label={text.modes[mode]} description={text.form.modeHints[mode]} />
          ))}
        </Stack>
      </Radio.Group>
      {form.mode === 'replace' && (
        <Checkbox
          label={text.form.confirm}
          checked={form.confirmRemovals}
          onChange={({ currentTarget: { checked } }) => change({ confirmRemovals: checked })}
        />
      )}
      <TextInput
        label={text.form.ignore}
        description={text.form.ignoreHint}
        value={form.ignoreColumns}
        maxLength={2_000}
        onChange={({ currentTarget: { value } }) => change({ ignoreColumns: value })}
      />
    </>
  );
}

function Sent({ share }: { share: number }) {
  return (
    <Stack gap={6}>
      <Progress value={share * 100} aria-label={text.form.progress} />
      <Text size="sm" className="quiet figures" role="status">
        {share < 1 ? text.form.sent(share) : text.form.reading}
      </Text>
    </Stack>
  );
}
