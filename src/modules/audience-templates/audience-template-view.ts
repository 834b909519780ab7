import { entityTag } from '../../http/entity-tag.ts';
import type { CustomerAudienceTemplate } from './audience-template-schemas.ts';
import type { TemplateRow } from './audience-template-store.ts';
import type { BuiltInTemplate } from './built-in-templates.ts';

/** A template of ours or of the institution, and whether the institution has excluded it. */
export interface SeenTemplate {
  readonly template: TemplateRow | BuiltInTemplate;
  readonly excluded: boolean;
}

/** The template as the API shows it. */
export function templateBody({ template, excluded }: SeenTemplate): CustomerAudienceTemplate {
  const { id, name, description } = template;
  const filters = [...template.filters];
  const shared = { id, name, ...(description === null ? {} : { description }), filters };
  if (!('revision' in template)) return { ...shared, builtIn: true, excluded };
  return {
    ...shared,
    ...(template.refresh === null ? {} : { refresh: template.refresh }),
    builtIn: false,
    excluded,
    createdAt: template.created_at.toISOString(),
    createdBy: template.created_by,
    updatedAt: template.updated_at.toISOString(),
  };
}

/** The strong entity tag: every change of the row bumps its revision; built-in ones change with the program. */
export function templateTag({ template, excluded }: SeenTemplate): string {
  const state = 'revision' in template ? template.revision : JSON.stringify(template);
  return entityTag([template.id, state, String(excluded)]);
}
