import { operatorActor } from '../audit/index.ts';
import { listInstitutions } from '../institutions/index.ts';
import type { RotationDeps } from './rotation-work.ts';

const institutionsMax = 10_000;

/** The master key wraps the keys of every institution, so each of their trails says that it was replaced. */
export async function auditMasterRotation(
  deps: RotationDeps,
  detail: { state: 'running' | 'completed'; rewrappedCount?: number; oldRemoved?: boolean },
): Promise<void> {
  for (const { id } of await deps.database.asOperator((tx) => listInstitutions(tx, institutionsMax))) {
    await deps.database.inInstitution(id, (tx) =>
      deps.audit.append(tx, {
        at: deps.clock.now(),
        actor: operatorActor,
        operation: 'rotateMasterKey',
        outcome: 'done',
        detail,
      }),
    );
  }
}
