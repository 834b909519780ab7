import { formatCount } from '../../../text/en.ts';

export const text = {
  title: 'One customer',
  customer: (id: string) => `Id ${id}`,
  member: 'In the audience',
  notMember: 'Not in the audience',
  since: (version: number, when: string) => `Since version ${formatCount(version)}, ${when}.`,
  left: (version: number, when: string) => `Left with version ${formatCount(version)}, ${when}.`,
  never: 'They were in no version that is kept.',
  line: (line: number, fileName: string | undefined) =>
    `Line ${formatCount(line)} of ${fileName ?? 'a list'} named them.`,
  list: (fileName: string) => `The list ${fileName} named them.`,
  criteria: 'What each criterion says of them now',
  criteriaHint: 'Who meets all of them is selected. A value is shown as a class, never as it is.',
  outcomes: { true: 'Yes', false: 'No', missing: 'Not known' },
  theirs: (value: string) => `theirs: ${value}`,
  noValue: 'they have no value',
  goes: 'They meet all of it, so they come in when the members are refreshed next.',
} as const;
