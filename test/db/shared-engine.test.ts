import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import type { OpenDatabase } from '../../src/db/database.ts';
import { socketFile } from '../../src/db/embedded/socket-address.ts';
import { openDatabase } from '../../src/db/open.ts';
import { StartRefused } from '../../src/lib/start-refused.ts';
import { startChild } from '../support/child-process.ts';
import { type DatabaseLocation, forEachEngine } from '../support/engines.ts';

const script = new URL('../support/children/busy-server.ts', import.meta.url);

forEachEngine((engine) => {
  if (engine.name !== 'embedded') return;
  let location: DatabaseLocation;
  before(async () => {
    location = await engine.freshLocation();
  });

  async function withServer(work: (server: OpenDatabase) => Promise<void>): Promise<void> {
    const server = await openDatabase({ ...location, purpose: 'server' });
    try {
      await work(server);
    } finally {
      await server.close();
    }
  }

  test('a second server is refused in one line, in this process and in another', async () => {
    await withServer(async () => {
      await assert.rejects(openDatabase({ ...location, purpose: 'server' }), (error) => {
        assert(error instanceof StartRefused);
        assert.match(error.message, new RegExp(`in use by process ${process.pid}`));
        return true;
      });
      const second = startChild(script, { ...location, mode: 'once' });
      assert.equal(await second.exited(), 1);
      assert.match(second.errors(), /^StartRefused: the data directory \S+ is in use by process [0-9]+/);
    });
  });

  test('a command reaches the running server and leaves it running', async () => {
    await withServer(async (server) => {
      const command = startChild(script, { ...location, mode: 'once', purpose: 'command' });
      assert.deepEqual(await command.next(), { step: 'opened', applied: [] });
      assert.equal(await command.exited(), 0);
      await countInstitutions(server);
    });
  });

  test('a command without a server opens the engine for itself and lets go of it', async () => {
    const command = await openDatabase({ ...location, purpose: 'command' });
    await countInstitutions(command);
    await command.close();
    assert.equal(existsSync(lockPath()), false);
  });

  test('two commands without a server take turns', async () => {
    const commands = [1, 2].map(() => startChild(script, { ...location, mode: 'once', purpose: 'command' }));
    for (const command of commands) assert.equal(await command.exited(), 0, command.errors());
  });

  test('a command killed in its transaction holds up nobody, and its change is gone', async () => {
    await withServer(async (server) => {
      const command = startChild(script, { ...location, mode: 'hold', purpose: 'command' });
      await command.next();
      assert.deepEqual(await command.next(), { step: 'holding' });
      const waiting = countInstitutions(server);
      await command.kill();
      assert.equal(await waiting, 0);
    });
  });

  test('a client that goes while its begin runs holds up nobody', async () => {
    await withServer(async (server) => {
      const socket = await rawSession(publishedSocket());
      socket.write(simpleQuery('begin; select count(*) from generate_series(1, 300000)'));
      await new Promise((resolve) => setTimeout(resolve, 5));
      socket.destroy();
      assert.equal(await countInstitutions(server), 0);
    });
  });

  test('statements of two sessions outside a transaction do not mix', async () => {
    await withServer(async (server) => {
      const command = await openDatabase({ ...location, purpose: 'command' });
      const ask = (database: OpenDatabase, value: number) =>
        database.withConnection(
          async (client) => (await client.query('select $1::int as value', [value])).rows[0]?.value,
        );
      const values = Array.from({ length: 60 }, (_, index) => index);
      const answers = await Promise.all(values.map((value) => ask(value % 2 === 0 ? server : command, value)));
      assert.deepEqual(answers, values);
      await command.close();
    });
  });

  test('the lock of a dead process is taken over, its sockets are removed', async () => {
    const child = startChild(script, { ...location, mode: 'open' });
    await child.next();
    const socketDirectory = dirname(publishedSocket());
    await child.kill();
    assert.equal(existsSync(socketDirectory), true);
    await withServer(async (server) => {
      await countInstitutions(server);
      assert.equal(existsSync(socketDirectory), false);
    });
  });

  test('a lock whose process id belongs to another process now is taken over', async () => {
    const mine = { pid: process.pid, identity: 'an earlier boot:1', socketDirectory: '', serves: true };
    writeFileSync(lockPath(), JSON.stringify(mine));
    await withServer(async (server) => {
      assert.equal(await countInstitutions(server), 0);
    });
  });

  test('socket and data are private, and nothing of a closed server stays', async () => {
    let socketDirectory = '';
    await withServer(async () => {
      socketDirectory = dirname(publishedSocket());
      assert.equal(statSync(socketDirectory).mode & 0o777, 0o700);
      assert.equal(statSync(lockPath()).mode & 0o777, 0o600);
      assert(Buffer.byteLength(publishedSocket()) <= 107);
    });
    assert.equal(existsSync(socketDirectory), false);
    assert.equal(existsSync(lockPath()), false);
  });

  function lockPath(): string {
    return join(location.dataDir, 'rollcall.lock');
  }

  function publishedSocket(): string {
    return socketFile(JSON.parse(readFileSync(lockPath(), 'utf8')).socketDirectory);
  }
});

async function countInstitutions(database: OpenDatabase): Promise<number> {
  const rows = await database.asOperator((tx) => tx.db.selectFrom('institution').select('id').execute());
  return rows.length;
}

/** A session of the wire protocol (PostgreSQL manual, message formats) without pg, which cannot be cut in mid-query. */
async function rawSession(path: string): Promise<Socket> {
  const socket = connect(path);
  const parameters = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const startup = Buffer.alloc(8);
  startup.writeInt32BE(8 + parameters.length, 0);
  startup.writeInt32BE(196608, 4);
  socket.write(Buffer.concat([startup, parameters]));
  let received = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    received = Buffer.concat([received, chunk]);
    // ReadyForQuery, idle
    if (received.includes(Buffer.from('5a0000000549', 'hex'))) break;
  }
  return socket;
}

function simpleQuery(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}
