import type { Clock } from '../../lib/clock.ts';

/** What the keyring keeps for the installation, wrapped by the master key: newest first, made on first use. */
export interface InstallationSecrets {
  installationSecrets(
    purpose: 'signing' | 'cookie' | 'seal',
    make?: () => Promise<Uint8Array>,
  ): Promise<readonly InstallationSecret[]>;
  addInstallationSecret(purpose: 'signing' | 'cookie' | 'seal', secret: Uint8Array): Promise<unknown>;
  removeInstallationSecret(purpose: 'signing' | 'cookie' | 'seal', generation: number): Promise<unknown>;
}

export interface InstallationSecret {
  readonly generation: number;
  readonly secret: Uint8Array;
  readonly createdAt: Date;
}

/** A secret made or removed elsewhere is noticed after this long; the keyring reads the database each time. */
const cacheTtlMs = 30_000;

export interface SecretCache {
  /** Newest first. Never call it inside a transaction. */
  list(): Promise<readonly InstallationSecret[]>;
  forget(): void;
}

/** The installation's secrets of one purpose, read at most twice a minute; requests that come together share it. */
export function createSecretCache(
  { keyring, clock }: { keyring: InstallationSecrets; clock: Clock },
  purpose: 'signing' | 'cookie' | 'seal',
  make?: () => Promise<Uint8Array>,
): SecretCache {
  let reading: Promise<readonly InstallationSecret[]> | undefined;
  let readAt = 0;
  return {
    async list() {
      const now = clock.now().getTime();
      if (reading === undefined || now - readAt >= cacheTtlMs || now < readAt) {
        readAt = now;
        reading = keyring
          .installationSecrets(purpose, make)
          .then((secrets) => secrets.toSorted((a, b) => b.generation - a.generation));
      }
      const mine = reading;
      try {
        return await mine;
      } catch (error) {
        if (reading === mine) reading = undefined;
        throw error;
      }
    },
    forget() {
      reading = undefined;
    },
  };
}
