import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { type Connection, createConnectionWatch } from './connection-watch.ts';

/** Where the API is: beside this page. */
export const baseAddress = document.baseURI.replace(/\/$/, '');

const probeMs = 5_000;

/** Whether the server can be reached, for everything on the page. */
export const connection = createConnectionWatch({ probe });

/** A proxy before a server that is down answers too, but not with a success. */
async function probe(): Promise<boolean> {
  try {
    const answer = await fetch(`${baseAddress}/healthz`, { cache: 'no-store', signal: AbortSignal.timeout(probeMs) });
    return answer.ok;
  } catch {
    return false;
  }
}

/** From now on lists are read again when the connection is back, and not before. Once, at the start. */
export function watchConnection(): void {
  // Its own listeners know the browser's network only.
  onlineManager.setEventListener(() => undefined);
  connection.subscribe(() => onlineManager.setOnline(connection.get() === 'reached'));
  addEventListener('online', () => connection.networkChanged(true));
  addEventListener('offline', () => connection.networkChanged(false));
  if (!navigator.onLine) connection.networkChanged(false);
}

export function useConnection(): Connection {
  return useSyncExternalStore(connection.subscribe, connection.get);
}

/** Loads a part of the program when there is a way to it: without one the browser would show its own page of errors. */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  await connection.whenReached();
  try {
    return await load();
  } catch {
    await connection.look();
    await connection.whenReached();
    return await load();
  }
}
