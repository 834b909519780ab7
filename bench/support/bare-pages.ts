import { parseArgs } from 'node:util';
import { fastify } from 'fastify';
import { Type } from 'typebox';
import { openDatabase } from '../../src/db/open.ts';

/**
 * The peer of a member page, in a process of its own: a bare Fastify route with nothing but the same transaction (role,
 * setting, lock timeout, the rows of 100 ordinals, commit) and a compiled serialiser. It opens no envelope, knows no
 * audience, checks no token. `/ping` answers without the database.
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
    }),
  ),
});

const begin = `begin isolation level read committed; set local lock_timeout = 5000;
  set local role rollcall_app; set local "rollcall.institution" = 'BENCH'`;
const select = `select ordinal, id, core_customer_id, customer_type, region_code, postal_code, birth_year, customer_since,
  profile, row_fingerprint from customer where institution_id = $1 and ordinal = any($2::integer[]) order by ordinal`;

const app = fastify();
app.post('/page', {
  schema: { response: { 200: page } },
  handler: async (request) => {
    const ordinals: unknown = request.body;
    const rows = await database.withConnection(async (client) => {
      await client.query(begin);
      const result = await client.query(select, ['BENCH', ordinals]);
      await client.query('commit');
      return result.rows;
    });
    return { items: rows };
  },
});
await app.listen({ port: Number(values.port), host: '127.0.0.1' });
process.once('SIGTERM', async () => {
  await app.close();
  await database.close();
});
