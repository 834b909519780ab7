import { Button, Checkbox, Group, Radio, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Audience, answered, api } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { type Format, formats } from './member-rows.ts';
import { type Channel, channels, text } from './text.ts';
import type { ExportOrder } from './use-export.ts';

interface Props {
  readonly audience: Audience;
  readonly version: number;
  readonly start: (order: ExportOrder) => void;
  readonly close: () => void;
}

/** What an export needs to know: the file, the channel, and why, where values are unmasked. */
export function ExportForm({ audience, version, start, close }: Props) {
  const [format, setFormat] = useState<Format>('csv');
  const [forSpreadsheet, setForSpreadsheet] = useState(true);
  const [channel, setChannel] = useState<Channel>('any');
  const [reason, setReason] = useState<string>();
  const isPresent = version === audience.version;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start({ audienceId: audience.id, version, format, forSpreadsheet, channel, reason: reason?.trim() });
      }}
    >
      <Stack gap="lg">
        {isPresent && <Text size="sm">{text.lead(audience.customerCount, version)}</Text>}
        <ChannelChoice audience={audience} isPresent={isPresent} channel={channel} choose={setChannel} />
        <Stack gap="xs">
          <Text size="sm" fw={500} id="export-format">
            {text.format}
          </Text>
          <SegmentedControl
            aria-labelledby="export-format"
            value={format}
            onChange={(value) => setFormat(formats.find((known) => known === value) ?? 'csv')}
            data={formats.map((value) => ({ value, label: text.formats[value] }))}
          />
          {format === 'csv' && (
            <Checkbox
              label={text.forSpreadsheet}
              description={text.forSpreadsheetHint}
              checked={forSpreadsheet}
              onChange={({ currentTarget }) => setForSpreadsheet(currentTarget.checked)}
            />
          )}
        </Stack>
        <RevealChoice reason={reason} setReason={setReason} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {text.cancel}
          </Button>
          <Button type="submit" disabled={reason !== undefined && reason.trim() === ''}>
            {text.start}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ChannelProps {
  readonly audience: Audience;
  readonly isPresent: boolean;
  readonly channel: Channel;
  readonly choose: (channel: Channel) => void;
}

/** Each channel says whom it holds back: of the present version, which alone the server counts before. */
function ChannelChoice({ audience, isPresent, channel, choose }: ChannelProps) {
  const { data } = useQuery({
    queryKey: ['audience', audience.id, 'heldBack'],
    enabled: isPresent,
    queryFn: async ({ signal }) => {
      const params = { path: { customerAudienceId: audience.id } };
      const path = '/service/customerAudiences/{customerAudienceId}/heldBackCounts';
      return await answered(api.GET(path, { params, signal }));
    },
  });
  const heldBack = (of: Channel) => data?.channels.find((known) => known.channel === of)?.heldBackCount;
  const isNobody = heldBack('any') === 0;
  return (
    <Radio.Group
      label={text.channel}
      description={isNobody ? text.nobodyHeldBack : text.channelHint}
      value={channel}
      onChange={(value) => choose(channels.find((known) => known === value) ?? 'any')}
    >
      <Stack gap="xs" mt="sm">
        {channels.map((known) => {
          const count = heldBack(known);
          return (
            <Radio
              key={known}
              value={known}
              label={text.channels[known]}
              description={count === undefined || isNobody ? undefined : text.heldBack(count)}
            />
          );
        })}
      </Stack>
    </Radio.Group>
  );
}

function RevealChoice(props: { reason: string | undefined; setReason: (reason: string | undefined) => void }) {
  const may = useMay();
  if (!may('revealIdentity')) return null;
  return (
    <Stack gap="xs">
      <Checkbox
        label={text.reveal}
        checked={props.reason !== undefined}
        onChange={({ currentTarget }) => props.setReason(currentTarget.checked ? '' : undefined)}
      />
      {props.reason !== undefined && (
        <TextInput
          label={text.reason}
          description={text.reasonHint}
          required
          maxLength={200}
          value={props.reason}
          onChange={({ currentTarget }) => props.setReason(currentTarget.value)}
        />
      )}
    </Stack>
  );
}
