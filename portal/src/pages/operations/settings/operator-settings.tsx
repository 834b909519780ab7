import { Table } from '@mantine/core';
import type { Schemas } from '../../../api/client.ts';
import { formatCount } from '../../../text/en.ts';
import { text } from './text.ts';

const words = text.operator;

/** What the institution cannot change, and should know. */
export function OperatorSettings({ settings }: { settings: Schemas['institutionSettings'] }) {
  const { secondFactorRequired, defaultCountry, distinctValuesPerDayMax, versionsKeptDays, versionsKeptMin } = settings;
  const rows = [
    [words.secondFactor, secondFactorRequired ? words.secondFactorOf.true : words.secondFactorOf.false],
    [words.country, defaultCountry ?? words.noCountry],
    [words.values, formatCount(distinctValuesPerDayMax)],
    [words.versionsDays, words.days(versionsKeptDays, versionsKeptMin)],
  ] as const;
  return (
    <Table withTableBorder variant="vertical" layout="fixed" aria-label={words.title}>
      <Table.Tbody>
        {rows.map(([label, value]) => (
          <Table.Tr key={label}>
            <Table.Th w="40%" scope="row">
              {label}
            </Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
