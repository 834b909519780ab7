import { Text } from '@mantine/core';
import { formatAgo, formatMoment } from '../text/en.ts';

/** How long ago; the time itself when one rests on it. */
export function Ago({ at }: { at: string }) {
  return (
    <Text size="sm" className="quiet" component="time" dateTime={at} title={formatMoment(at)} inherit>
      {formatAgo(at)}
    </Text>
  );
}
