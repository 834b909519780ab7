import { randomBytes } from 'node:crypto';

/** A new resource id: 20 lower-case hex digits (80 random bits) from the system's CSPRNG. */
export function randomId(): string {
  return randomBytes(10).toString('hex');
}
