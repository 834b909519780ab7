export { type CommandContext, type CommandResult, runCommand } from './command.ts';
export type { CommandReply } from './command-reply.ts';
export {
  createIdempotency,
  type Idempotency,
  type IdempotencyClaim,
  type IdempotencyRequest,
  idempotencyContext,
} from './idempotency-service.ts';
export { deleteExpiredRecords } from './idempotency-store.ts';
export { operatorContext } from './operator-context.ts';
export { recordingRefusal } from './recording-refusal.ts';
export { type RightWatch, watchedBody, watchRight } from './right-watch.ts';
