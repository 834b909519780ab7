import { notifications } from '@mantine/notifications';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { problemOfError } from '../api/problem.ts';

interface Options<Input, Output> {
  readonly change: (input: Input) => Promise<Output>;
  /** The lists that the change makes stale. */
  readonly refreshes: readonly QueryKey[];
  /** What has happened, for whoever looks elsewhere by then. */
  readonly says?: (output: Output, input: Input) => string;
  /** A dialog shows the problem itself; elsewhere it comes as a note in the corner. */
  readonly showsProblemItself?: boolean;
  readonly onDone?: (output: Output, input: Input) => void;
}

/** One change over the API: lists are read anew, and what came of it is said. */
export function useChange<Input, Output>({ change, refreshes, says, onDone, ...options }: Options<Input, Output>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: (output, input) => {
      for (const queryKey of refreshes) void queryClient.invalidateQueries({ queryKey });
      if (says !== undefined) notifications.show({ message: says(output, input) });
      onDone?.(output, input);
    },
    onError: (error) => {
      // Who is not signed in any more is on the way to the sign-in pages.
      if (options.showsProblemItself === true || problemOfError(error).status === 401) return;
      const { title, detail } = problemOfError(error);
      notifications.show({ color: 'red', title, message: detail ?? '' });
    },
  });
}
