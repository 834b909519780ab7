import { List, Paper, Stack, Text, Textarea } from '@mantine/core';
import type { ChangeEvent, ReactNode } from 'react';
import type { ApiProblem } from '../../api/problem.ts';
import classes from './builder.module.css';
import type { FilterType } from './criteria.ts';
import { text } from './text.ts';

interface Props {
  readonly restricted: readonly FilterType[];
  readonly problem: ApiProblem | undefined;
  readonly value?: string;
  readonly error?: ReactNode;
  readonly onChange?: (event: ChangeEvent<HTMLTextAreaElement>) => void;
}

/** Which types an audience for credit stands on that fair lending restricts, and the place to say why. */
export function Justification({ restricted, problem, ...input }: Props) {
  const known = restricted.map(({ name }) => name);
  const viaAudiences = namesIn(problem).filter((name) => !known.includes(name));
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Text fw={600} className={classes.warning}>
          {text.save.restrictedTitle}
        </Text>
        <Text size="sm">{text.save.restricted}</Text>
        <List size="sm">
          {restricted.map(({ name, label, fairLending }) => (
            <List.Item key={name}>
              <b>{label}</b>: {fairLending?.reason}
            </List.Item>
          ))}
          {viaAudiences.map((name) => (
            <List.Item key={name}>
              <b>{name}</b>: {text.save.viaAudience}
            </List.Item>
          ))}
        </List>
        <Textarea
          required
          label={text.save.justification}
          description={text.save.justificationHint}
          autosize
          minRows={3}
          maxLength={2_000}
          {...input}
        />
      </Stack>
    </Paper>
  );
}

function namesIn(problem: ApiProblem | undefined): readonly string[] {
  const names = problem?.name === 'justificationNeeded' ? problem.attributes.filterTypes : [];
  return Array.isArray(names) ? names.map(String) : [];
}
