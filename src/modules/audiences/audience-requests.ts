import { closed, resourceIdSchema } from '../../http/schema-parts.ts';

export const tags = ['Audiences'];
export const audienceParamsSchema = closed({ customerAudienceId: resourceIdSchema });
