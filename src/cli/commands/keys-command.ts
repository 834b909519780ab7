import { Argument, type Command } from 'commander';
import type { KeyRotation, RotationDeps } from '../../modules/keys/index.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import type { OperatorTools } from '../operator.ts';
import { formatCount, formatQuantity } from '../output/format.ts';
import { createPrinter, type Printer } from '../output/printer.ts';
import { type Progress, startProgress } from '../output/progress.ts';
import { type CommonOptions, command, group } from './options.ts';

interface RotateOptions extends CommonOptions {
  readonly institution?: string;
  readonly type?: string;
  readonly keepOld?: boolean;
}

type KeyKind = 'master' | 'data' | 'index';

const institutionsMax = 10_000;

export function keysCommand(context: CliContext): Command {
  const rotate = command('rotate', 'replace a key while servers run; run it again if it was cut off')
    .addArgument(new Argument('<key>', 'which key').choices(['master', 'data', 'index']))
    .option('--institution <id>', 'only the keys of this institution (data, index)')
    .option('--type <type>', 'only the index of this identifier type (index)')
    .option('--keep-old', 'leave the old key in the file (master)')
    .action((kind: KeyKind, options: RotateOptions) => runRotate(context, kind, options));
  return group('keys', 'the keys that data is sealed and matched with').addCommand(rotate);
}

async function runRotate(context: CliContext, kind: KeyKind, options: RotateOptions): Promise<void> {
  requireFitting(kind, options);
  const { withOperatorTools } = await import('../operator.ts');
  await withOperatorTools(context, async (tools) => {
    if (kind === 'master') await rotateMaster(context, tools, options);
    else await rotateInstitutions(context, tools, { ...options, kind });
  });
}

function requireFitting(kind: KeyKind, { institution, type, keepOld }: RotateOptions): void {
  if (kind === 'master' && (institution !== undefined || type !== undefined)) {
    throw new CliError('there is one master key for all institutions: leave --institution and --type out');
  }
  if (kind !== 'master' && keepOld === true) throw new CliError('--keep-old goes with the master key');
  if (kind === 'data' && type !== undefined) throw new CliError('--type goes with index keys');
}

async function rotateMaster(context: CliContext, tools: OperatorTools, options: RotateOptions): Promise<void> {
  const { rotateMasterKey } = await import('../../crypto/master-rotation.ts');
  const { openKeyring } = await import('../open-keyring.ts');
  const { systemClock } = await import('../../lib/clock.ts');
  const { auditMasterRotation } = await import('../../modules/keys/index.ts');
  const { config, database } = tools;
  const printer = createPrinter(context, { json: options.json === true });
  const { keyring, masterKeys, keyFile } = await openKeyring({ config, database, clock: systemClock });
  const deps = await rotationDeps(tools, keyring);
  if (keyFile !== undefined || masterKeys.list().length > 1) await auditMasterRotation(deps, { state: 'running' });
  const { rewrappedCount, oldRemoved } = await rotateMasterKey(
    { database, masterKeys },
    { keyFile, keepOld: options.keepOld === true },
  );
  await auditMasterRotation(deps, { state: 'completed', rewrappedCount, oldRemoved });
  printer.result({ rewrappedCount, oldRemoved, keyFile });
  printer.line(`${formatQuantity(rewrappedCount, 'key')} wrapped anew; the new master key wraps all of them.`);
  if (keyFile === undefined) printer.line('Now take the old key out of ROLLCALL_MASTER_KEY and restart the servers.');
  else if (oldRemoved) printer.line(`The old key is out of ${keyFile}. Back the new file up now.`);
  else printer.line(`The old key is still in ${keyFile}. Run it again without --keep-old to take it out.`);
}

async function rotateInstitutions(
  context: CliContext,
  tools: OperatorTools,
  options: RotateOptions & { kind: 'data' | 'index' },
): Promise<void> {
  const { listInstitutions } = await import('../../modules/institutions/index.ts');
  const { rotateByOperator } = await import('../../modules/keys/index.ts');
  const types = options.kind === 'index' ? await typesOf(options.type) : [undefined];
  const printer = createPrinter(context, { json: options.json === true });
  const institutions = await tools.database.asOperator((tx) => listInstitutions(tx, institutionsMax));
  const chosen = institutions.map(({ id }) => id).filter((id) => (options.institution ?? id) === id);
  if (chosen.length === 0) throw new CliError('there is no such institution');
  const deps = await rotationDeps(tools, await tools.keyring());
  const rotations: (KeyRotation & { institution: string })[] = [];
  for (const institutionId of chosen) {
    for (const identifierType of types) {
      const name = `${institutionId} ${identifierType ?? 'data'}`;
      const progress = progressOf(context, { name, silent: printer.json });
      try {
        const order = { institutionId, kind: options.kind, identifierType };
        const rotation = await rotateByOperator(deps, order, { onProgress: progress.update });
        rotations.push({ institution: institutionId, ...rotation });
      } finally {
        progress.stop();
      }
      printRotation(printer, name, rotations.at(-1));
    }
  }
  printer.result({ rotations });
  const failed = rotations.filter(({ state }) => state !== 'completed');
  if (failed.length > 0) throw new CliError(`${formatQuantity(failed.length, 'rotation')} failed: the old keys stay`);
}

async function rotationDeps(tools: OperatorTools, keyring: RotationDeps['keyring']): Promise<RotationDeps> {
  const { createAudit } = await import('../../modules/audit/index.ts');
  const { systemClock } = await import('../../lib/clock.ts');
  return { database: tools.database, keyring, clock: systemClock, audit: createAudit({ keyring }) };
}

async function typesOf(given: string | undefined) {
  const { indexedTypes } = await import('../../modules/customers/index.ts');
  const types = indexedTypes.filter((type) => (given ?? type) === type);
  if (types.length === 0) throw new CliError(`--type must be one of ${indexedTypes.join(', ')}`);
  return types;
}

function printRotation(printer: Printer, name: string, rotation: KeyRotation | undefined): void {
  if (rotation === undefined) return;
  const { state, generation, doneCount, leftCount } = rotation;
  if (state === 'completed') {
    printer.line(
      `${name}: key ${generation}, ${formatQuantity(doneCount, 'customer')} made anew, the old key is retired.`,
    );
  } else {
    const left = leftCount === undefined ? '' : `${formatCount(leftCount)} customers cannot be read; `;
    printer.line(printer.style.bad(`${name}: ${state}; ${left}the old key stays in use.`));
  }
}

/** How much there is to do is known once it has begun. */
function progressOf(context: CliContext, { name, silent }: { name: string; silent: boolean }) {
  let progress: Progress | undefined;
  return {
    update({ doneCount, totalCount }: { doneCount: number; totalCount: number }): void {
      progress ??= startProgress(context, { label: name, totalBytes: totalCount, counted: 'customers', silent });
      progress.update(doneCount);
    },
    stop: () => progress?.stop(),
  };
}
