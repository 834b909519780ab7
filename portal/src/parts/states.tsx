import { Alert, Anchor, Button, Center, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useTimeout } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { baseAddress, useConnection } from '../api/connection.ts';
import { isConflict, problemOfError } from '../api/problem.ts';
import { text } from '../text/en.ts';

/** A sign of life after 300 ms; what comes sooner needs none and flickers with one. */
export function LoadingState({ label = text.states.loading }: { label?: string }) {
  const connection = useConnection();
  const [isSlow, setSlow] = useState(false);
  useTimeout(() => setSlow(true), 300, { autoInvoke: true });
  return (
    <Center mih={240} aria-busy="true">
      {isSlow && (
        <Group role="status">
          <Loader size="sm" aria-hidden />
          <Text className="quiet">{connection === 'reached' ? label : text.states.waiting}</Text>
        </Group>
      )}
    </Center>
  );
}

/** What went wrong, what it means, and how to go on. */
export function ProblemState({ error, retry }: { error: unknown; retry?: (() => unknown) | undefined }) {
  const problem = problemOfError(error);
  if (problem.status === 403) return <ForbiddenState body={problem.detail} />;
  if (problem.name === 'unauthorized')
    return <EmptyState title={text.session.ended.title} body={text.session.ended.short} />;
  if (problem.status === 404)
    return <EmptyState title={text.states.notFoundTitle} body={problem.detail ?? text.states.notFound} />;
  return (
    <Alert color="red" variant="light" title={problem.title} role="alert">
      <Stack gap="xs" align="flex-start">
        {problem.detail !== undefined && <Text size="sm">{problem.detail}</Text>}
        <Group gap="md">
          {retry !== undefined && (
            <Button size="xs" variant="default" onClick={() => retry()}>
              {isConflict(error) ? text.states.lookAgain : text.states.retry}
            </Button>
          )}
          {problem.id !== undefined && (
            <Anchor size="sm" c="inherit" td="underline" href={`${baseAddress}/help/problems/${problem.name}`}>
              {text.states.aboutProblem}
            </Anchor>
          )}
          {problem.id !== undefined && (
            <Text size="xs" className="quiet">
              {text.states.problemId(problem.id)}
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

/** What somebody's roles do not open. */
export function ForbiddenState({ body = text.states.forbidden }: { body?: string | undefined }) {
  return <EmptyState title={text.states.forbiddenTitle} body={body} />;
}

/** Nothing is here, and what to do about it. */
export function EmptyState({ title, body, actions }: { title: string; body: ReactNode; actions?: ReactNode }) {
  return (
    <Center mih={280}>
      <Stack align="center" gap="sm" maw={520} ta="center">
        <Title order={2} size="h3">
          {title}
        </Title>
        <Text className="quiet" component="div">
          {body}
        </Text>
        {actions !== undefined && <Group justify="center">{actions}</Group>}
      </Stack>
    </Center>
  );
}
