import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Client, findClient, verifySecret } from '../applications/index.ts';
import type { People } from '../people/index.ts';
import type { IssuerDirectory } from './issuer-directory.ts';

/** The applications and people of every institution, as they are now. */
export function createDirectory(deps: {
  database: Pick<Database, 'inAuthentication'>;
  people: Pick<People, 'findPerson'>;
  clock: Clock;
}): IssuerDirectory {
  const activeClient = async (clientId: string): Promise<Client | undefined> => {
    const client = await deps.database.inAuthentication((tx) => findClient(tx, clientId));
    return client?.state === 'active' ? client : undefined;
  };
  return {
    findClient: activeClient,
    async verifySecret(clientId, presented) {
      const client = await activeClient(clientId);
      return client !== undefined && verifySecret(client, presented, deps.clock.now());
    },
    async findPerson(personId) {
      const person = await deps.people.findPerson(personId);
      return person?.state === 'active' ? person : undefined;
    },
  };
}
