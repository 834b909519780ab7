import { answered, answeredWithTag, api, done, type Schemas } from '../../../api/client.ts';

export type Person = Schemas['userAccount'];
export type PersonRole = Person['roles'][number];
export type SignInLink = Schemas['signInLink'];

const of = (userAccountId: string) => ({ params: { path: { userAccountId } } });
const chosen = (userAccount: string) => ({ params: { query: { userAccount } } });

/** What an administrator does with the account of a person, each one call or, where it needs a tag, two. */
export const peopleCalls = {
  add: (body: Schemas['newUserAccount']) => answered(api.POST('/service/userAccounts', { body })),
  makeLink: (id: string) => answered(api.POST('/service/userAccounts/{userAccountId}/signInLinks', of(id))),
  disable: (id: string) => answered(api.POST('/service/disabledUserAccounts', chosen(id))),
  enable: (id: string) => answered(api.POST('/service/activeUserAccounts', chosen(id))),
  endSessions: (id: string) => answered(api.POST('/service/userAccounts/{userAccountId}/endedSessions', of(id))),
  resetSecondFactor: (id: string) => done(api.DELETE('/service/userAccounts/{userAccountId}/secondFactor', of(id))),
  async change(id: string, body: Schemas['userAccountPatch']): Promise<Person> {
    const params = { path: { userAccountId: id }, header: { 'if-match': await tagOf(id) } };
    return await answered(api.PATCH('/service/userAccounts/{userAccountId}', { params, body }));
  },
  async erase(id: string): Promise<void> {
    const params = { path: { userAccountId: id }, header: { 'if-match': await tagOf(id) } };
    await done(api.DELETE('/service/userAccounts/{userAccountId}', { params }));
  },
};

async function tagOf(id: string): Promise<string> {
  return (await answeredWithTag(api.GET('/service/userAccounts/{userAccountId}', of(id)))).tag;
}
