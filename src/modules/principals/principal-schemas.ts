import { type Static, Type } from 'typebox';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';

export const principalKinds = ['person', 'application'] as const;
export const principalStates = ['active', 'disabled'] as const;
/** Longer than the names of people and of applications may be. */
export const principalNameCharactersMax = 80;

export const principalSchema = closed(
  {
    id: resourceIdSchema,
    kind: Type.Enum([...principalKinds]),
    name: Type.String({
      'x-personal': true,
      minLength: 1,
      maxLength: principalNameCharactersMax,
      description: 'What people call them.',
      examples: ['Ann Baker'],
    }),
  },
  { $id: 'principal' },
);

export type PrincipalItem = Static<typeof principalSchema>;
