import '@mantine/dates/styles.css';
import { DateInput } from '@mantine/dates';
import { IconCalendar } from '@tabler/icons-react';
import type { FilterType } from './criteria.ts';
import { text } from './text.ts';

interface Props {
  readonly label: string;
  /** `YYYY-MM-DD`, or empty. */
  readonly value: string;
  readonly constraints: FilterType['constraints'];
  readonly onChange: (day: string) => void;
}

/** A day of the calendar, typed or picked. It brings the calendar with it, so it is loaded when it is needed. */
export default function DayInput({ label, value, constraints, onChange }: Props) {
  const { minimum, maximum } = constraints;
  return (
    <DateInput
      size="sm"
      aria-label={label}
      placeholder={text.date}
      valueFormat="YYYY-MM-DD"
      allowDeselect
      leftSection={<IconCalendar size={16} aria-hidden />}
      value={value === '' ? null : value}
      {...(minimum === undefined ? {} : { minDate: String(minimum) })}
      {...(maximum === undefined ? {} : { maxDate: String(maximum) })}
      onChange={(day) => onChange(day ?? '')}
    />
  );
}
