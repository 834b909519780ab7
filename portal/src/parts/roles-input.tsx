import { Checkbox, Stack } from '@mantine/core';
import { type Role, roles } from '../app/rights.ts';
import { roleWords } from '../text/words.ts';

interface Props {
  readonly label: string;
  readonly description: string;
  readonly value: readonly Role[];
  readonly change: (value: readonly Role[]) => void;
}

/** Each role with what it lets somebody do. */
export function RolesInput({ label, description, value, change }: Props) {
  return (
    <Checkbox.Group
      label={label}
      description={description}
      value={[...value]}
      onChange={(chosen) => change(roles.filter((role) => chosen.includes(role)))}
    >
      <Stack gap="xs" mt="sm">
        {roles.map((role) => (
          <Checkbox key={role} value={role} label={roleWords[role].label} description={roleWords[role].may} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
