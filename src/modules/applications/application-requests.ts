import { closed, resourceIdSchema } from '../../http/schema-parts.ts';

export const tags = ['Applications'];
export const applicationParamsSchema = closed({ applicationId: resourceIdSchema });
