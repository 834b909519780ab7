import { closed, resourceIdSchema } from '../../http/schema-parts.ts';

export const tags = ['People'];
export const userAccountParamsSchema = closed({ userAccountId: resourceIdSchema });
