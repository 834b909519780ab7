import { useRouter } from '@tanstack/react-router';
import { notifyWithWay } from '../../parts/notify-way.tsx';
import { text } from './text.ts';

/**
 * Goes on to what a list has come to, for whoever still waits at the import. Somebody who went elsewhere meanwhile stays
 * there, and is told, with the way to it.
 */
export function useGoOn(): (message: string, go: () => Promise<void>) => Promise<void> {
  const router = useRouter();
  return async (message, go) => {
    if (router.matchRoute({ to: '/import' }) !== false) await go();
    else notifyWithWay({ message, label: text.elsewhere.look, go: () => void go() });
  };
}
