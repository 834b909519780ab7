export { type CommandContext, type CommandReply, type CommandResult, runCommand } from './command.ts';
export {
  createIdempotency,
  type Idempotency,
  type IdempotencyClaim,
  type IdempotencyRequest,
} from './idempotency-service.ts';
export { deleteExpiredRecords } from './idempotency-store.ts';
