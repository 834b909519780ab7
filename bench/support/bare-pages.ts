import { parseArgs } from 'node:util';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { fastify } from 'fastify';
import { Type } from 'typebox';
import { openDatabase } from '../../src/db/open.ts';

/**
 * The peer of a member page, in a process of its own: a bare Fastify route with nothing but the same transaction (role,
 * setting, lock timeout, the rows of 100 ordinals, commit) and a compiled serialiser. It knows no audience, checks no
 * token and opens no envelope: the rows go out as they rest, the sealed column as base64.
 */
const { values } = parseArgs({
  options: { url: { type: 'string' }, data: { type: 'string', default: '' }, port: { type: 'string' } },
});
const database = await openDatabase({ url: values.url, dataDir: values.data, purpose: 'command' });

const text = Type.Optional(Type.String());
const page = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      core_customer_id: Type.String(),
      customer_type: Type.String(),
      region_code: text,
      postal_code: text,
      birth_year: Type.Integer(),
      customer_since: text,
      profile: Type.String(),
    }),
  ),
});

const begin = `begin isolation level read committed; set local lock_timeout = 5000;
  set local role rollcall_app; set local "rollcall.institution" = 'BENCH'`;
const select = `select ordinal, id, core_customer_id, customer_type, region_code, postal_code, birth_year, customer_since,
  profile from customer where institution_id = $1 and ordinal = any($2::integer[]) order by ordinal`;

const rows = 100;
/** As the members of the measured audience: every customer but each tenth. */
function ordinalsFrom(first: number): number[] {
  return Array.from({ length: 2 * rows }, (_, index) => first + index)
    .filter((ordinal) => ordinal % 10 !== 3)
    .slice(0, rows);
}

const app = fastify().withTypeProvider<TypeBoxTypeProvider>();
app.get('/page', {
  schema: { querystring: Type.Object({ first: Type.Integer() }), response: { 200: page } },
  handler: async (request) => {
    const { first } = request.query;
    const items = await database.withConnection(async (client) => {
      await client.query(begin);
      const result = await client.query(select, ['BENCH', ordinalsFrom(first)]);
      await client.query('commit');
      return result.rows;
    });
    return { items: items.map((row) => ({ ...row, profile: row.profile.toString('base64') })) };
  },
});
await app.listen({ port: Number(values.port), host: '127.0.0.1' });
process.once('SIGTERM', async () => {
  await app.close();
  await database.close();
});
