import { type Principal, roles, scopes } from '../access/index.ts';
import { operatorActor } from '../audit/index.ts';
import type { CommandContext } from './command.ts';

/** A command of the operator's command line: bound by no scope or role, and in the audit trail under a name of its own. */
export function operatorContext(institutionId: string, operation: string): CommandContext {
  const principal: Principal = {
    id: 'operator',
    kind: 'application',
    name: 'operator',
    applicationId: 'operator',
    institutionId,
    scopes: new Set(scopes),
    roles: new Set(roles),
    address: undefined,
  };
  return { principal, actor: operatorActor, operation, dryRun: false };
}
