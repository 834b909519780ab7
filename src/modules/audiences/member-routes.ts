import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { InstitutionKeys, Keyring } from '../../crypto/keyring.ts';
import { csvMediaType, sendCsvPage } from '../../http/csv-page.ts';
import {
  createPage,
  cursorBinding,
  idPageLimitMax,
  type PageRequest,
  pageLimit,
  pagePosition,
  pageProperties,
  pageQuery,
} from '../../http/paging.ts';
import { closed } from '../../http/schema-parts.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import { customerItemSchema, revealHeadersSchema, revealOf } from '../customers/index.ts';
import { audienceParamsSchema, tags } from './audience-requests.ts';
import { walkedVersionSchema, withheldCountSchema } from './audience-schemas.ts';
import { memberColumns } from './member-csv.ts';
import { type MemberDeps, type MemberPage, readMemberCustomers, readMemberIds } from './member-service.ts';
import { createMemberSets } from './member-sets.ts';
import { momentOf, momentQuery } from './version-moment.ts';

/** Bitmaps of walked versions: room for about fifty of a million members each. */
const memberSetsBytesMax = 64 * 1024 * 1024;

const ofWalk = { withheldCount: withheldCountSchema, version: Type.Optional(walkedVersionSchema) };
const customersPageSchema = Type.Object(
  { ...pageProperties(customerItemSchema), ...ofWalk },
  { $id: 'customerAudienceCustomers', additionalProperties: false },
);
const idsPageSchema = Type.Object(
  { ...pageProperties(customerItemSchema.properties.id), ...ofWalk },
  { $id: 'customerAudienceCustomerIds', additionalProperties: false },
);

const snapshotDescription =
  'A walk by `nextPage_url` sees exactly one version of the audience, complete and without repeats, even if the audience changes meanwhile. `count` is the count of that version; who has left the customer base since is counted in `withheldCount` and never listed. An earlier version by `version` or `asOf`.';

/** The members of audiences, page by page. */
export const memberRoutes =
  (deps: Omit<MemberDeps, 'memberSets'> & { keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const memberSets = createMemberSets({ bytesMax: memberSetsBytesMax });
    app.addHook('onClose', async () => memberSets.clear());
    const memberDeps = { database: deps.database, clock: deps.clock, audit: deps.audit, memberSets };

    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/customers',
      config: { right: 'readMembers', produces: ['application/json', csvMediaType] },
      schema: {
        operationId: 'listCustomerAudienceCustomers',
        summary: 'Page through the members',
        description: `${snapshotDescription} Masked unless \`Reveal-Reason\` is sent with \`identity/read\`. As CSV by \`Accept: text/csv\`; the next page is then in \`Link\` with \`rel="next"\`.`,
        tags,
        params: audienceParamsSchema,
        querystring: closed({ ...pageQuery(), ...momentQuery }),
        headers: revealHeadersSchema,
        response: { 200: customersPageSchema },
      },
      handler: async (request, reply) => {
        const { principal } = request;
        const keys = await deps.keyring.forInstitution(principal.institutionId);
        const reveal = revealOf(principal, request.headers['reveal-reason']);
        const { customerAudienceId: audienceId } = request.params;
        const position = pagePosition(request, keys.macKey('cursor'), principal.institutionId);
        const limit = pageLimit(request.query);
        const members = await readMemberCustomers(
          memberDeps,
          { principal, audienceId, position, moment: momentOf(request.query), limit },
          { keyring: deps.keyring, reveal },
        );
        const page = pageOf(request, members, { keys, publicUrl: app.publicUrl });
        return request.accepted === csvMediaType ? sendCsvPage(reply, page, memberColumns(reveal)) : page;
      },
    });

    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/customerIds',
      config: { right: 'readMembers' },
      schema: {
        operationId: 'listCustomerAudienceCustomerIds',
        summary: 'Page through the ids of the members',
        description: snapshotDescription,
        tags,
        params: audienceParamsSchema,
        querystring: closed({ ...pageQuery({ limitMax: idPageLimitMax }), ...momentQuery }),
        response: { 200: idsPageSchema },
      },
      handler: async (request) => {
        const { principal } = request;
        const keys = await deps.keyring.forInstitution(principal.institutionId);
        const position = pagePosition(request, keys.macKey('cursor'), principal.institutionId);
        const { customerAudienceId: audienceId } = request.params;
        const limit = pageLimit(request.query);
        const moment = momentOf(request.query);
        const members = await readMemberIds(memberDeps, { principal, audienceId, position, moment, limit });
        return pageOf(request, members, { keys, publicUrl: app.publicUrl });
      },
    });
  };

/** The version stands there when it was asked for: the contract's page has no such property. */
function pageOf<Item>(
  request: PageRequest & { query: { version?: number | undefined; asOf?: string | undefined } },
  members: MemberPage<Item>,
  options: { keys: InstitutionKeys; publicUrl: string | undefined },
) {
  const { institutionId } = options.keys;
  const isAsked = request.query.version !== undefined || request.query.asOf !== undefined;
  const nextStart =
    members.nextPosition &&
    encodeCursor(options.keys.macKey('cursor'), cursorBinding(institutionId, request.url), members.nextPosition);
  return {
    ...createPage(request, { ...members, nextStart }, { publicUrl: options.publicUrl }),
    withheldCount: members.withheldCount,
    ...(isAsked ? { version: members.version } : {}),
  };
}
