import { answered, answeredWithTag, api, done, type Schemas } from '../../../api/client.ts';

export type Application = Schemas['application'];

/** What is shown this once. */
export interface Credentials {
  readonly application: Application;
  readonly secret?: string;
  readonly key?: string;
  /** Not all that was asked for could be made. */
  readonly isPartial?: boolean;
}

const of = (applicationId: string) => ({ params: { path: { applicationId } } });
const chosen = (application: string) => ({ params: { query: { application } } });

/** What an administrator does with an application, each one call or, where it needs a tag, two. */
export const applicationCalls = {
  makeSecret: async (id: string) =>
    (await answered(api.POST('/service/applications/{applicationId}/secrets', of(id)))).secret,
  makeKey: async (id: string) =>
    (await answered(api.POST('/service/applications/{applicationId}/apiKey', of(id)))).apiKey,
  disableKey: (id: string) => answered(api.POST('/service/disabledApiKeys', chosen(id))),
  enableKey: (id: string) => answered(api.POST('/service/activeApiKeys', chosen(id))),
  disable: (id: string) => answered(api.POST('/service/disabledApplications', chosen(id))),
  enable: (id: string) => answered(api.POST('/service/activeApplications', chosen(id))),
  async change(id: string, body: Schemas['applicationPatch']): Promise<Application> {
    const params = { path: { applicationId: id }, header: { 'if-match': await tagOf(id) } };
    return await answered(api.PATCH('/service/applications/{applicationId}', { params, body }));
  },
  async delete(id: string): Promise<void> {
    const params = { path: { applicationId: id }, header: { 'if-match': await tagOf(id) } };
    await done(api.DELETE('/service/applications/{applicationId}', { params }));
  },
  deleteSecret: (applicationId: string, secretId: string) =>
    done(
      api.DELETE('/service/applications/{applicationId}/secrets/{secretId}', {
        params: { path: { applicationId, secretId } },
      }),
    ),
};

async function tagOf(id: string): Promise<string> {
  return (await answeredWithTag(api.GET('/service/applications/{applicationId}', of(id)))).tag;
}

/** Registers it and makes what it needs to begin. What fails after the registration is said, and can be made later. */
export async function register(body: Schemas['newApplication'], options: { withKey: boolean }): Promise<Credentials> {
  const application = await answered(api.POST('/service/applications', { body }));
  const secret = await applicationCalls.makeSecret(application.id).catch(() => undefined);
  const key = options.withKey ? await applicationCalls.makeKey(application.id).catch(() => undefined) : undefined;
  return {
    application,
    ...(secret === undefined ? {} : { secret }),
    ...(key === undefined ? {} : { key }),
    isPartial: secret === undefined || (options.withKey && key === undefined),
  };
}
