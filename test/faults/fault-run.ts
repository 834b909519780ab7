import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createJobs } from '../../src/jobs/jobs.ts';
import {
  baseFile,
  importKinds,
  importOperation,
  loadOperation,
  type Operation,
  type Size,
  until,
  Violation,
} from './fault-operations.ts';
import { type FaultAnswer, sendRequest, textOf } from './fault-request.ts';
import {
  createInstallation,
  type FaultServer,
  type Installation,
  startFaultServer,
  withDatabase,
} from './fault-server.ts';
import { brokenInvariants, countOtherSessions, letTimePass } from './fault-store.ts';

export interface PointReport {
  readonly name: string;
  readonly killedAtMs: number;
  /** What was there after the restart, of each operation. */
  readonly found: readonly string[];
  /** What the same request got then. */
  readonly repeated: readonly string[];
  readonly violation: string | undefined;
}

export interface FaultPlan {
  readonly location: Installation['location'];
  readonly size: Size;
  readonly points: number;
  /** Import and load in one kill; otherwise `points` kills of each. */
  readonly together: boolean;
  readonly onPoint?: (report: PointReport) => void;
}

/**
 * Kills a real server at moments spread over whole operations, starts it again on the same data and compares what is
 * there with what was promised.
 */
export async function runFaults(plan: FaultPlan): Promise<readonly PointReport[]> {
  const { installation, server: first } = await createInstallation(plan.location);
  const reports: PointReport[] = [];
  let server = first;
  try {
    await fillBase(server, plan.size);
    for (const kind of operationKinds(plan)) {
      const durationMs = await measure(server, kind, plan.together ? 1 : importKinds.length);
      for (let point = 0; point < kind.points; point += 1) {
        const killedAtMs = ((point + 0.5) / kind.points) * durationMs * 1.1;
        const operations = kind.make(String(point));
        const fault = { installation, operations, killedAtMs };
        const running = { server };
        const report = await survive(fault, running, `${kind.name} ${point + 1}/${kind.points}`);
        server = running.server;
        reports.push(report);
        plan.onPoint?.(report);
      }
    }
  } finally {
    await server.stop();
  }
  return reports;
}

/** Numbers of operations that are not killed. */
const measuredFrom = 1_000;

interface OperationKind {
  readonly name: string;
  readonly points: number;
  make(id: string): readonly Operation[];
}

/** The ways in which an import comes take turns. */
function operationKinds({ size, points, together }: FaultPlan): readonly OperationKind[] {
  const importOf = (id: string) => {
    const kind = importKinds[Number(id) % importKinds.length] ?? 'json';
    return importOperation(`import-${kind}-${id}`, kind, size);
  };
  const loadOf = (id: string) => loadOperation(`load-${id}`, size);
  if (together) return [{ name: 'import and load', points, make: (id) => [importOf(id), loadOf(id)] }];
  return [
    { name: 'import', points, make: (id) => [importOf(id)] },
    { name: 'load', points, make: (id) => [loadOf(id)] },
  ];
}

async function fillBase(server: FaultServer, size: Size): Promise<void> {
  const answer = await sendRequest(server, {
    method: 'POST',
    path: '/service/customerLoads?mode=upsert',
    headers: { 'content-type': 'text/csv' },
    body: baseFile(size),
  });
  if (answer?.status !== 201) throw new Error(`the base could not be loaded: ${JSON.stringify(answer?.json)}`);
}

/** How long the operations take without a fault: the longest of `runs`, because a server that has just started is slow. */
async function measure(server: FaultServer, kind: OperationKind, runs: number): Promise<number> {
  let longestMs = 0;
  for (let run = 0; run < runs; run += 1) {
    const beganAt = performance.now();
    const operations = kind.make(String(measuredFrom + run));
    for (const answer of await Promise.all(operations.map((operation) => carryOut(server, operation)))) {
      if (answer === undefined || answer.status >= 300) throw new Error(`${kind.name} failed without a fault`);
    }
    longestMs = Math.max(longestMs, performance.now() - beganAt);
  }
  return longestMs;
}

async function carryOut(server: FaultServer, operation: Operation): Promise<FaultAnswer | undefined> {
  const answer = await sendRequest(server, operation.request);
  if (answer !== undefined) await operation.settled(server, answer);
  return answer;
}

interface Fault {
  readonly installation: Installation;
  readonly operations: readonly Operation[];
  readonly killedAtMs: number;
}

async function survive(fault: Fault, running: { server: FaultServer }, name: string): Promise<PointReport> {
  const { installation, operations } = fault;
  const answers = await killDuring(running.server, fault);
  await oldSessionsGone(installation);
  running.server = await startFaultServer(installation);
  const found: string[] = [];
  const repeated: string[] = [];
  try {
    await withDatabase(installation, async (database) => {
      for (const [index, operation] of operations.entries()) {
        const state = await operation.look(database);
        const answer = answers[index];
        found.push(answer === undefined ? state : `${state}, answered ${answer.status}`);
        const isPromised = answer !== undefined && (answer.status === 200 || answer.status === 201);
        if (isPromised && state === 'none')
          throw new Violation(`${operation.id}: answered ${answer.status}, then lost`);
      }
      await letTimePass(database);
    });
    await superviseJobs(installation, async () => {
      for (const [index, operation] of operations.entries()) {
        repeated.push(await repeat(running.server, operation, answers[index]));
      }
    });
    await checkAll(fault);
    return { name, killedAtMs: fault.killedAtMs, found, repeated, violation: undefined };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { name, killedAtMs: fault.killedAtMs, found, repeated, violation: error.message };
  }
}

/** @returns the answers that came before the end */
async function killDuring(server: FaultServer, fault: Fault): Promise<readonly (FaultAnswer | undefined)[]> {
  const answers = fault.operations.map((operation) => sendRequest(server, operation.request));
  await delay(fault.killedAtMs);
  await server.kill();
  return await Promise.all(answers);
}

/** A session of the killed process may still end what it was told last, its commit included. */
async function oldSessionsGone(installation: Installation): Promise<void> {
  if (installation.location.url === undefined) return;
  await withDatabase(installation, (database) =>
    until('a session of the killed process goes on', async () => (await countOtherSessions(database)) === 0),
  );
}

/** Looks for stopped jobs more often than every 10 s, as a second server would; the embedded engine does so at its start. */
async function superviseJobs(installation: Installation, work: () => Promise<void>): Promise<void> {
  if (installation.location.url === undefined) return await work();
  await withDatabase(installation, async (database) => {
    const jobs = createJobs({ database, timing: { superviseSeconds: 1 } });
    await jobs.start();
    try {
      await work();
    } finally {
      await jobs.stop({ timeoutMs: 1_000 });
    }
  });
}

const repeatsMax = 40;

/** The same request under the same key, until it is carried out or replayed, as a client does. */
async function repeat(server: FaultServer, operation: Operation, first: FaultAnswer | undefined): Promise<string> {
  for (let attempt = 1; attempt <= repeatsMax; attempt += 1) {
    const answer = await carryOut(server, operation);
    if (answer === undefined) throw new Violation(`${operation.id}: the repeated request was cut off`);
    if (answer.status < 300) {
      const isReplayed = answer.headers['idempotency-replayed'] === 'true';
      if (first !== undefined && first.status < 300) checkReplay(operation, { first, answer, isReplayed });
      return `${isReplayed ? 'replayed' : 'made'} ${answer.status}`;
    }
    const isWaiting = [409, 503].includes(answer.status) && answer.headers['retry-after'] !== undefined;
    if (!isWaiting) throw new Violation(`${operation.id}: ${answer.status} ${textOf(answer.json, 'type')}`);
    await delay(100);
  }
  throw new Violation(`${operation.id}: the key is held for ever`);
}

/** What was answered once is answered again, and not done again. */
function checkReplay(
  operation: Operation,
  { first, answer, isReplayed }: { first: FaultAnswer; answer: FaultAnswer; isReplayed: boolean },
): void {
  if (!isReplayed) throw new Violation(`${operation.id}: answered, and carried out again`);
  if (operation.madeBy(first) !== operation.madeBy(answer)) {
    throw new Violation(`${operation.id}: another result than the one answered`);
  }
}

async function checkAll({ installation, operations }: Fault): Promise<void> {
  await withDatabase(installation, async (database) => {
    for (const operation of operations) {
      if ((await operation.look(database)) === 'none') throw new Violation(`${operation.id}: repeated, and not there`);
    }
    const broken = await brokenInvariants(database);
    if (broken.length > 0) throw new Violation(broken.join('; '));
  });
  const left = spooled(installation);
  if (left.length > 0) throw new Violation(`files are left: ${left.join(', ')}`);
}

/** Everything in the servers' temporary folders but the socket of the one that runs. */
function spooled({ location, temporaryFolder }: Installation): readonly string[] {
  const sockets = (name: string) => /^rollcall-[A-Za-z0-9]{6}$/.test(name);
  const temporary = readdirSync(temporaryFolder);
  const left = temporary.filter((name) => !sockets(name));
  if (temporary.length - left.length > 1) left.push('sockets of dead servers');
  return [...left, ...filesIn(join(location.dataDir, 'spool'))];
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Made by the first load.
    return [];
  }
}
