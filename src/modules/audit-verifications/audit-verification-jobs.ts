import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { giveUpVerification, runVerification, verificationQueue } from './audit-verification-run.ts';
import type { AuditVerificationDeps } from './audit-verification-service.ts';

const jobSchema = Type.Object({ institutionId: Type.String(), verificationId: Type.String() });

/** Registers the job that walks audit trails. */
export function workAuditVerifications(deps: AuditVerificationDeps): void {
  deps.jobs.work(verificationQueue, async (data, { signal, isLastTry }) => {
    if (!Value.Check(jobSchema, data)) return;
    const ref = { institutionId: data.institutionId, id: data.verificationId };
    try {
      await runVerification(deps, ref, signal);
    } catch (error) {
      if (isLastTry && !signal.aborted) await giveUpVerification(deps, ref);
      throw error;
    }
  });
}
