import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { problemOfError } from '../api/problem.ts';
import { router } from './router.tsx';
import { SessionProvider } from './session.tsx';
import { styleNonce } from './style-nonce.ts';
import { theme } from './theme.ts';

/** What the server refuses, it refuses again: only what did not reach it is tried a second time. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 2 && [0, 502, 503].includes(problemOfError(error).status),
        refetchOnWindowFocus: true,
        staleTime: 5_000,
      },
      // A change that waited would be made when nobody expects it any more.
      mutations: { networkMode: 'always' },
    },
  });
}

/** The application: theme, data, who is signed in, and the views. */
export function Portal() {
  const [queryClient] = useState(createQueryClient);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <SessionProvider>
          <RouterProvider router={router} />
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
