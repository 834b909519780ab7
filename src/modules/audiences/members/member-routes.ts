import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { InstitutionKeys, Keyring } from '../../../crypto/keyring.ts';
import { csvMediaType, sendCsvPage } from '../../../http/csv-page.ts';
import {
  createPage,
  cursorBinding,
  idPageLimitMax,
  type PageRequest,
  pageLimit,
  pagePosition,
  pageProperties,
  pageQuery,
} from '../../../http/paging.ts';
import { closed } from '../../../http/schema-parts.ts';
import { encodeCursor } from '../../../lib/cursor.ts';
import { customerItemSchema, revealHeadersSchema, revealOf } from '../../customers/index.ts';
import { audienceParamsSchema, tags } from '../audience-requests.ts';
import { heldBackCountSchema, walkedVersionSchema, withheldCountSchema } from '../audience-schemas.ts';
import { heldBackFrom, type SuppressionChannel, suppressionChannels } from '../held-back/held-back-query.ts';
import { momentOf, momentQuery } from '../versions/version-moment.ts';
import { memberColumns } from './member-csv.ts';
import { type MemberDeps, type MemberPage, readMemberCustomers, readMemberIds } from './member-service.ts';
import { createMemberSets } from './member-sets.ts';

/** Bitmaps of walked versions: room for about fifty of a million members each. */
const memberSetsBytesMax = 64 * 1024 * 1024;

const ofWalk = {
  withheldCount: withheldCountSchema,
  heldBackCount: Type.Optional(heldBackCountSchema),
  version: Type.Optional(walkedVersionSchema),
};
const customersPageSchema = Type.Object(
  { ...pageProperties(customerItemSchema), ...ofWalk },
  { $id: 'customerAudienceCustomers', additionalProperties: false },
);
const idsPageSchema = Type.Object(
  { ...pageProperties(customerItemSchema.properties.id), ...ofWalk },
  { $id: 'customerAudienceCustomerIds', additionalProperties: false },
);

const channelQuery = {
  channel: Type.Optional(
    Type.Enum([...suppressionChannels], {
      description:
        'How they are to be contacted: whom suppressions hold back from this channel is left out, and counted in `heldBackCount`. `any` = not known yet: whoever is held back from one of the channels.',
    }),
  ),
};

const snapshotDescription =
  'A walk by `nextPage_url` sees exactly one version of the audience, complete and without repeats, even if the audience changes meanwhile. `count` is the count of that version; who has left the customer base since is counted in `withheldCount` and never listed. An earlier version by `version` or `asOf`.';

/** The members of audiences, page by page. */
export const memberRoutes =
  (deps: Omit<MemberDeps, 'memberSets'> & { keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const memberSets = createMemberSets({ bytesMax: memberSetsBytesMax });
    app.addHook('onClose', async () => memberSets.clear());
    const memberDeps = { database: deps.database, clock: deps.clock, audit: deps.audit, memberSets };
    const heldBackOf = (channel: SuppressionChannel | undefined) => channel && heldBackFrom(channel, deps.clock.now());

    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/customers',
      config: { right: 'readMembers', produces: ['application/json', csvMediaType] },
      schema: {
        operationId: 'listCustomerAudienceCustomers',
        summary: 'Page through the members',
        description: `${snapshotDescription} Masked unless \`Reveal-Reason\` is sent with \`identity/read\`. As CSV by \`Accept: text/csv\`; the next page is then in \`Link\` with \`rel="next"\`. CSV is an export: its \`channel\` is \`any\` unless another is named, and \`X-Held-Back-Count\` says how many it leaves out.`,
        tags,
        params: audienceParamsSchema,
        querystring: closed({ ...pageQuery(), ...momentQuery, ...channelQuery }),
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
        const isExport = request.accepted === csvMediaType;
        // JSON without a channel is a look at the audience; of an export without one nobody knows what it is for.
        const heldBack = heldBackOf(request.query.channel ?? (isExport ? 'any' : undefined));
        const members = await readMemberCustomers(
          memberDeps,
          { principal, audienceId, position, moment: momentOf(request.query), heldBack, limit },
          { keyring: deps.keyring, reveal },
        );
        const page = pageOf(request, members, { keys, publicUrl: app.publicUrl });
        if (!isExport) return page;
        reply.header('x-held-back-count', String(members.heldBackCount));
        return sendCsvPage(reply, page, memberColumns(reveal));
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
        querystring: closed({ ...pageQuery({ limitMax: idPageLimitMax }), ...momentQuery, ...channelQuery }),
        response: { 200: idsPageSchema },
      },
      handler: async (request) => {
        const { principal } = request;
        const keys = await deps.keyring.forInstitution(principal.institutionId);
        const position = pagePosition(request, keys.macKey('cursor'), principal.institutionId);
        const { customerAudienceId: audienceId } = request.params;
        const limit = pageLimit(request.query);
        const moment = momentOf(request.query);
        const heldBack = heldBackOf(request.query.channel);
        const members = await readMemberIds(memberDeps, { principal, audienceId, position, moment, heldBack, limit });
        return pageOf(request, members, { keys, publicUrl: app.publicUrl });
      },
    });
  };

interface MemberPageQuery {
  readonly version?: number | undefined;
  readonly asOf?: string | undefined;
  readonly channel?: SuppressionChannel | undefined;
}

/** Version and held-back count stand there when they were asked for: the contract's page has no such properties. */
function pageOf<Item>(
  request: PageRequest & { query: MemberPageQuery & PageRequest['query'] },
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
    ...(request.query.channel === undefined ? {} : { heldBackCount: members.heldBackCount }),
    ...(isAsked ? { version: members.version } : {}),
  };
}
